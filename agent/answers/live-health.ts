import { parseJson } from "../../codec/parse-json.ts";
import { deploymentOptionsSchema } from "../../shared/api/deployment-options.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { assessHealth, hasHealth, type Health } from "../../shared/status/assess-health.ts";
import type { DesiredState } from "../reconcile/desired-state.ts";
import type { HealthRuleStore } from "../reconcile/health-rules.ts";

/** Judges the objects of a bundle by the rules that count for its status as well. */
export interface Judge {
  judge(live: KubeObject): Health;
  /** Says whether objects of a kind can be anything but ready. */
  canWait(apiVersion: string, kind: string): boolean;
}

/** Returns the judge of a bundle. */
export type JudgeOf = (bundle: string) => Promise<Judge>;

/** What judging needs. */
export interface LiveHealthDeps {
  readonly desired: DesiredState;
  /** Returns a blob's verified text. */
  readonly blob: (digest: string) => Promise<string>;
  readonly healthRules: HealthRuleStore;
}

/** Returns the judges; a bundle that the document does not name is judged by the rules of the cluster alone. */
export function createJudges({ desired, blob, healthRules }: LiveHealthDeps): JudgeOf {
  return async (bundle) => {
    const wanted = desired.deployment(bundle);
    const options = wanted === undefined ? {} : deploymentOptionsSchema.parse(parseJson(await blob(wanted.options)));
    const rules = await healthRules.rulesFor(options);
    const ignoreConditions = options.ignore?.conditions ?? [];
    return {
      judge: (live) => assessHealth(live, { ignoreConditions, rule: rules.ruleOf(live) }),
      canWait: (apiVersion, kind) => rules.ruleOf({ apiVersion, kind }) !== undefined || hasHealth(apiVersion, kind),
    };
  };
}
