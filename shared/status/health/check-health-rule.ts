import type { HealthCheck } from "../../api/health-check.ts";
import { CelFault } from "../../cel/cel-fault.ts";
import { compileCel } from "../../cel/compile-cel.ts";

/** The expressions of a rule, in the order in which they are asked. */
export const healthExpressions = ["inProgress", "failed", "current"] as const;

/** What is wrong with a rule for health. */
export interface HealthRuleFault {
  /** The field at fault; undefined for the whole rule. */
  readonly field: (typeof healthExpressions)[number] | undefined;
  readonly message: string;
  /** Index of the character in the field's expression, where it has one. */
  readonly at: number | undefined;
}

/** Returns all that is wrong with a rule: fields that are missing, expressions that cannot be read. */
export function checkHealthRule(check: HealthCheck): HealthRuleFault[] {
  const missing = (["apiVersion", "kind", "current"] as const).filter((field) => (check[field] ?? "") === "");
  return [
    ...missing.map((field) => ({ field: undefined, message: `it has no "${field}"`, at: undefined })),
    ...healthExpressions.flatMap((field) => {
      const text = check[field] ?? "";
      const fault = text === "" ? undefined : expressionFault(text);
      if (fault === undefined) return [];
      return [{ field, message: `${fault.message}${placeIn(text, fault.at)}`, at: fault.at }];
    }),
  ];
}

function expressionFault(text: string): CelFault | undefined {
  try {
    compileCel(text);
    return undefined;
  } catch (error) {
    if (error instanceof CelFault) return error;
    throw error;
  }
}

/** Returns where in an expression something is, for people: ` (column 5)`, ` (line 2, column 1)`. */
export function placeIn(text: string, at: number | undefined): string {
  if (at === undefined) return "";
  const before = text.slice(0, at).split("\n");
  const column = `column ${(before.at(-1)?.length ?? 0) + 1}`;
  return before.length === 1 && !text.includes("\n") ? ` (${column})` : ` (line ${before.length}, ${column})`;
}
