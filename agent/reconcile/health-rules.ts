import * as z from "zod";
import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { type HealthCheck, healthCheckSchema } from "../../shared/api/health-check.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import type { Logger } from "../../shared/log.ts";
import {
  compileHealthRules,
  type HealthRules,
  type HealthRuleSource,
} from "../../shared/status/health/health-rules.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { listFirst } from "../kube/list-first.ts";
import { healthRulesLabel } from "./marks.ts";

/** The rules for health of a cluster's ConfigMaps, and those of each deployment before them. */
export interface HealthRuleStore {
  /** Returns the rules that count for a deployment with these options. */
  rulesFor(options: DeploymentOptions): Promise<HealthRules>;
  /** Reads the ConfigMaps anew. Returns whether they say something else than before; throws what the API server answers. */
  refresh(): Promise<boolean>;
}

/** Where the ConfigMaps are. */
export interface HealthRulesPlace {
  readonly client: KubeClient;
  /** The agent's own namespace. */
  readonly namespace: string;
  readonly log: Logger;
}

/** ConfigMaps that are read. */
const maxConfigMaps = 50;

/** Options whose rules are kept compiled. */
const maxKept = 100;

const ruleFileSchema = z.looseObject({ healthCheckExprs: z.array(healthCheckSchema) });

/** Returns the rules of the options alone until the ConfigMaps are read for the first time. */
export function createHealthRules({ client, namespace, log }: HealthRulesPlace): HealthRuleStore {
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
      const read = found.toSorted(byName).flatMap((map) => readConfigMap(map, log));
      if (JSON.stringify(read) === JSON.stringify(sources)) return false;
      sources = read;
      kept.clear();
      return true;
    },
  };
}

function readConfigMap(map: KubeObject, log: Logger): HealthRuleSource[] {
  const { namespace = "", name = "" } = map.metadata;
  const data = isJsonObject(map["data"]) ? map["data"] : {};
  return Object.entries(data)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, text]) => {
      const place = `ConfigMap ${namespace}/${name}, key ${key}`;
      const checks = readChecks(typeof text === "string" ? text : "", place);
      if (Array.isArray(checks)) return [{ place, checks }];
      log.warn({ configMap: name, key, problem: checks }, "rules for health cannot be read");
      return [];
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
