import { parseJson } from "../../codec/parse-json.ts";
import { deploymentOptionsSchema } from "../../shared/api/deployment-options.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { assessHealth, type Health } from "../../shared/status/assess-health.ts";
import type { DesiredState } from "../reconcile/desired-state.ts";
import type { HealthRuleStore } from "../reconcile/health-rules.ts";

/** Returns how to judge the objects of a bundle, by the rules that count for its status as well. */
export type JudgeOf = (bundle: string) => Promise<(live: KubeObject) => Health>;

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
    return (live) => assessHealth(live, { ignoreConditions, rule: rules.ruleOf(live) });
  };
}
