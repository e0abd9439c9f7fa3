import type { CelBudget } from "../cel-budget.ts";
import { calculate } from "../calculate.ts";
import { CelFault } from "../cel-fault.ts";
import { type CelFunction, type CelFunctions, listOf } from "../cel-function.ts";
import type { CelValue } from "../cel-value.ts";
import { equalValues, orderValues } from "../compare-values.ts";

const sum: CelFunction["call"] = ([on], budget) => {
  const [first = 0n, ...others] = listOf(on);
  budget.spend(others.length);
  return others.reduce((total, item) => calculate("+", [total, item], budget), first);
};

function extreme(name: string, better: (order: number) => boolean): CelFunction {
  return {
    counts: [0],
    call: ([on], budget) => {
      const [first, ...others] = listOf(on);
      if (first === undefined) throw new CelFault(`${name} called on empty list`);
      budget.spend(others.length);
      return others.reduce((best, item) => (better(orderValues(item, best, budget)) ? item : best), first);
    },
  };
}

const isSorted: CelFunction["call"] = ([on], budget) => {
  const items = listOf(on);
  budget.spend(items.length);
  return items.every((item, index) => index === 0 || orderValues(items[index - 1] ?? null, item, budget) <= 0);
};

function place(find: (items: readonly CelValue[], matches: (item: CelValue) => boolean) => number): CelFunction {
  return {
    counts: [1],
    call: ([on, wanted], budget) => BigInt(find(listOf(on), (item) => equalValues(item, wanted ?? null, budget))),
  };
}

function setFunction(
  decide: (has: (items: readonly CelValue[], item: CelValue) => boolean, sets: Sets) => boolean,
): CelFunction {
  return {
    counts: [2],
    call: ([one, other], budget) => decide((items, item) => holds(items, item, budget), [listOf(one), listOf(other)]),
  };
}

type Sets = readonly [readonly CelValue[], readonly CelValue[]];

function holds(items: readonly CelValue[], wanted: CelValue, budget: CelBudget): boolean {
  return items.some((item) => equalValues(item, wanted, budget));
}

/** Kubernetes' functions of lists, and the sets extension. */
export const lists: CelFunctions = {
  alone: {
    "sets.contains": setFunction((has, [one, other]) => other.every((item) => has(one, item))),
    "sets.equivalent": setFunction(
      (has, [one, other]) => other.every((item) => has(one, item)) && one.every((item) => has(other, item)),
    ),
    "sets.intersects": setFunction((has, [one, other]) => other.some((item) => has(one, item))),
  },
  methods: {
    isSorted: { counts: [0], call: isSorted },
    sum: { counts: [0], call: sum },
    min: extreme("min", (order) => order < 0),
    max: extreme("max", (order) => order > 0),
    indexOf: place((items, matches) => items.findIndex(matches)),
    lastIndexOf: place((items, matches) => items.findLastIndex(matches)),
  },
};
