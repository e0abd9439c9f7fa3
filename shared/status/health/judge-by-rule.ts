import { isJsonObject } from "../../../codec/json-value.ts";
import type { HealthCheck } from "../../api/health-check.ts";
import type { KubeObject } from "../../api/meta.ts";
import { CelFault } from "../../cel/cel-fault.ts";
import { compileCel } from "../../cel/compile-cel.ts";
import { checkHealthRule, healthExpressions, placeIn } from "./check-health-rule.ts";
import type { Judgement } from "./health-rules.ts";

const verdicts = { inProgress: "inProgress", failed: "failed", current: "current" } as const;

/**
 * Returns a judge of objects by a rule, as Flux does it (RFC 0009): `inProgress`, `failed` and `current` are asked in this order,
 * the first that is true decides; where none is, the object is not current yet. A fault is a judgement, too.
 */
export function judgeBy(check: HealthCheck): (object: KubeObject) => Judgement {
  const [broken] = checkHealthRule(check);
  if (broken !== undefined) {
    const message = `${broken.field === undefined ? "" : `${broken.field}: `}${broken.message}`;
    return () => ({ type: "fault", message });
  }
  const asked = healthExpressions.flatMap((field) => {
    const text = check[field] ?? "";
    return text === "" ? [] : [{ field, text, program: compileCel(text) }];
  });
  return (object) => {
    const fields = isJsonObject(object) ? object : {};
    for (const { field, text, program } of asked) {
      try {
        const value = program.evaluate(fields);
        if (typeof value !== "boolean")
          return { type: "fault", message: `${field}: the expression is neither true nor false` };
        if (value) return { type: verdicts[field] };
      } catch (error) {
        if (!(error instanceof CelFault)) throw error;
        return { type: "fault", message: `${field}: ${error.message}${placeIn(text, error.at)}` };
      }
    }
    return { type: "notCurrent" };
  };
}
