import * as z from "zod";
import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { type HealthCheck, healthCheckSchema } from "../../shared/api/health-check.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import {
  compileHealthRules,
  type HealthRules,
  type HealthRuleSource,
} from "../../shared/status/health/health-rules.ts";
import { wellKnown } from "../kube/api-resource.ts";
import { listFirst } from "../kube/list-first.ts";
import { healthRulesLabel } from "./marks.ts";
import { type EventDeps, maxNoteLength, writeEvent } from "./write-event.ts";

/** The rules for health of a cluster's ConfigMaps, and those of each deployment before them. */
export interface HealthRuleStore {
  /** Returns the rules that count for a deployment with these options. */
  rulesFor(options: DeploymentOptions): Promise<HealthRules>;
  /** Reads the ConfigMaps anew. Returns whether they say something else than before; throws what the API server answers. */
  refresh(): Promise<boolean>;
}

/** ConfigMaps that are read. */
const maxConfigMaps = 50;

/** Options whose rules are kept compiled. */
const maxKept = 100;

const ruleFileSchema = z.looseObject({ healthCheckExprs: z.array(healthCheckSchema) });

/** Returns the rules of the options alone until the ConfigMaps are read for the first time. */
export function createHealthRules(deps: EventDeps): HealthRuleStore {
  const { client, namespace } = deps;
  let sources: readonly HealthRuleSource[] = [];
  const kept = new Map<string, Promise<HealthRules>>();

  return {
    rulesFor: (options) => {
      const checks = options.healthCheckExprs ?? [];
      const id = JSON.stringify(checks);
      const known = kept.get(id);
      if (known !== undefined) return known;
      if (kept.size >= maxKept) kept.clear();
      const rules = compileHealthRules([{ place: "healthCheckExprs in fleet.yaml", checks }, ...sources]);
      kept.set(id, rules);
      return rules;
    },
    refresh: async () => {
      const selection = { namespace, labelSelector: healthRulesLabel, limit: maxConfigMaps };
      const found = await listFirst(client, wellKnown.configMap, selection);
      const texts = found.toSorted(byName).flatMap((map) => readConfigMap(map, namespace));
      for (const text of texts) if ("problem" in text) await announce(deps, text);
      const read = texts.filter((text) => "checks" in text);
      if (JSON.stringify(read) === JSON.stringify(sources)) return false;
      sources = read;
      kept.clear();
      return true;
    },
  };
}

/** A text that is no list of rules. */
interface UnreadableRules {
  readonly map: KubeObject;
  readonly key: string;
  readonly problem: string;
}

function readConfigMap(map: KubeObject, namespace: string): (HealthRuleSource | UnreadableRules)[] {
  const data = isJsonObject(map["data"]) ? map["data"] : {};
  return Object.entries(data)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, text]) => {
      const place = `ConfigMap ${namespace}/${map.metadata.name ?? ""}, key ${key}`;
      const checks = readChecks(typeof text === "string" ? text : "", place);
      return typeof checks === "string" ? { map, key, problem: checks } : { place, checks };
    });
}

/** Whoever wrote the text sees it with `kubectl describe configmap`: the agent's log is not where he looks. */
async function announce(deps: EventDeps, { map, key, problem }: UnreadableRules): Promise<void> {
  const { name = "", uid } = map.metadata;
  deps.log.warn({ configMap: name, key, problem }, "rules for health cannot be read");
  await writeEvent(deps, {
    name: `${name.slice(0, 200)}.${stableHash([uid ?? "", key, problem]).slice(0, 12)}`,
    action: "Read",
    reason: "HealthRulesInvalid",
    regarding: { kind: "ConfigMap", name, ...(uid === undefined ? {} : { uid }) },
    note: `the rules of key ${key} do not count: ${problem}`.slice(0, maxNoteLength),
  });
}

/** Returns the rules of a text, or what is wrong with it. */
function readChecks(text: string, place: string): readonly HealthCheck[] | string {
  try {
    const parsed = ruleFileSchema.safeParse(parseFirstYaml(text, { file: place })?.value);
    return parsed.success ? parsed.data.healthCheckExprs : z.prettifyError(parsed.error);
  } catch (error) {
    if (error instanceof CodecError) return error.message;
    throw error;
  }
}

function byName(one: KubeObject, other: KubeObject): number {
  return (one.metadata.name ?? "") < (other.metadata.name ?? "") ? -1 : 1;
}
