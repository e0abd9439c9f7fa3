import type { HealthCheck } from "../../api/health-check.ts";
import type { KubeObject } from "../../api/meta.ts";
import { groupOf } from "../../render/built-in-kinds.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionsOf } from "./read-fields.ts";

/** Rules of one place, in words: `healthCheckExprs in fleet.yaml`. */
export interface HealthRuleSource {
  readonly place: string;
  readonly checks: readonly HealthCheck[];
}

/** Returns an object's health by the rule that a person gave for its kind. */
export type HealthRule = (object: KubeObject) => Health;

/** The rules that count: by kind, one each. */
export interface HealthRules {
  ruleOf(object: Pick<KubeObject, "apiVersion" | "kind">): HealthRule | undefined;
}

/** Nobody gave a rule. */
export const noHealthRules: HealthRules = { ruleOf: () => undefined };

/**
 * Returns the rules of several places; of two for one kind that of the earlier place counts, in one place the first. The evaluation of expressions is loaded
 * only where there is a rule. Never throws: what is wrong with a rule is the message of the objects that it judges.
 */
export async function compileHealthRules(sources: readonly HealthRuleSource[]): Promise<HealthRules> {
  if (sources.every(({ checks }) => checks.length === 0)) return noHealthRules;
  const { judgeBy } = await import("./judge-by-rule.ts");
  const rules = new Map<string, HealthRule>();
  for (const { place, checks } of sources) {
    for (const check of checks) {
      const id = kindId({ apiVersion: check.apiVersion ?? "", kind: check.kind ?? "" });
      if (rules.has(id)) continue;
      const judge = judgeBy(check);
      rules.set(id, (object) => tell(judge(object), object, place));
    }
  }
  return { ruleOf: (object) => rules.get(kindId(object)) };
}

/** What a rule says of an object, and where that comes from. */
export type Judgement =
  | { readonly type: "current" | "failed" | "inProgress" | "notCurrent" }
  | { readonly type: "fault"; readonly message: string };

const words = {
  failed: "has failed",
  inProgress: "is in progress",
  notCurrent: "is not current yet",
} as const;

function tell(judgement: Judgement, object: KubeObject, place: string): Health {
  switch (judgement.type) {
    case "current":
      return ready;
    case "fault":
      return notReady(`cannot be judged by ${place}: ${judgement.message}`);
    case "failed":
    case "inProgress":
    case "notCurrent": {
      const own = describeConditions(object);
      return notReady(`${words[judgement.type]} by ${place}${own === "" ? "" : `: ${own}`}`);
    }
  }
}

/** What the object itself says of why: the message of a condition that is not True, Ready's first. */
function describeConditions(object: KubeObject): string {
  const telling = conditionsOf(object).filter(({ status, message }) => status !== "True" && message !== "");
  const [first] = telling.toSorted((a, b) => Number(b.type === "Ready") - Number(a.type === "Ready"));
  return first?.message ?? "";
}

function kindId({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
