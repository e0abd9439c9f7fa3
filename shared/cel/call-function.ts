import type { CelBudget } from "./cel-budget.ts";
import { CelFault } from "./cel-fault.ts";
import type { CelFunction, CelFunctions } from "./cel-function.ts";
import type { CelValue } from "./cel-value.ts";
import { conversions } from "./functions/conversions.ts";
import { lists } from "./functions/lists.ts";
import { optionals } from "./functions/optionals.ts";
import { quantities } from "./functions/quantities.ts";
import { regularExpressions } from "./functions/regular-expressions.ts";
import { texts } from "./functions/texts.ts";
import { times } from "./functions/times.ts";

const families: readonly CelFunctions[] = [conversions, texts, lists, times, optionals, regularExpressions, quantities];
const alone = new Map(families.flatMap((family) => Object.entries(family.alone)));
/** A method such as `indexOf` may be one of texts and one of lists: the first that takes the value is it. */
const methods = new Map<string, readonly CelFunction[]>();
for (const [name, method] of families.flatMap((family) => Object.entries(family.methods))) {
  methods.set(name, [...(methods.get(name) ?? []), method]);
}

/** A call whose parameters have values. */
export interface CelCall {
  readonly name: string;
  readonly target: CelValue | undefined;
  readonly parameters: readonly CelValue[];
}

/** Returns what a function returns. Throws `CelFault`. */
export function callFunction({ name, target, parameters }: CelCall, budget: CelBudget): CelValue {
  const [first, ...others] = overloadsOf(name, { method: target !== undefined, count: parameters.length });
  if (first === undefined) throw new CelFault(unknownFunction(name, target !== undefined));
  const values = target === undefined ? parameters : [target, ...parameters];
  try {
    return first.call(values, budget);
  } catch (error) {
    const [next] = others;
    if (next === undefined || !(error instanceof CelFault) || error.message !== "no such overload") throw error;
    return next.call(values, budget);
  }
}

/** Returns the functions of a name that take as many parameters. */
export function overloadsOf(
  name: string,
  { method, count }: { readonly method: boolean; readonly count: number },
): readonly CelFunction[] {
  const function_ = alone.get(name);
  const named = method ? (methods.get(name) ?? []) : function_ === undefined ? [] : [function_];
  return named.filter(({ counts }) => counts.includes(count));
}

/** Returns why a function cannot be called. */
export function unknownFunction(name: string, method: boolean): string {
  const known = method ? methods.has(name) : alone.has(name);
  if (known) return `${name}() takes another number of parameters`;
  const kind = method ? "a value has no function" : "there is no function";
  return `${kind} ${name}()`;
}
