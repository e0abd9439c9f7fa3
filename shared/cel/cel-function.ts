import type { CelBudget } from "./cel-budget.ts";
import { noOverload } from "./cel-fault.ts";
import { type CelValue, isCelList } from "./cel-value.ts";

/** A function of expressions. */
export interface CelFunction {
  /** How many parameters it may have, besides what it is called on. */
  readonly counts: readonly number[];
  /** Returns its value for what it is called on, if anything, and its parameters. Throws `CelFault`. */
  readonly call: (values: readonly CelValue[], budget: CelBudget) => CelValue;
}

/** Functions by name: those that stand alone, and those that are called on a value. */
export interface CelFunctions {
  readonly alone: Readonly<Record<string, CelFunction>>;
  readonly methods: Readonly<Record<string, CelFunction>>;
}

/** Returns a parameter that must be a text. Throws `CelFault`. */
export function textOf(value: CelValue | undefined): string {
  if (typeof value === "string") return value;
  throw noOverload();
}

/** Returns a parameter that must be an int, as a number; what is beyond its exact range is beyond every list and text. */
export function indexOf(value: CelValue | undefined): number {
  if (typeof value === "bigint") return Number(value);
  throw noOverload();
}

/** Returns a parameter that must be a list. Throws `CelFault`. */
export function listOf(value: CelValue | undefined): readonly CelValue[] {
  if (value !== undefined && isCelList(value)) return value;
  throw noOverload();
}
