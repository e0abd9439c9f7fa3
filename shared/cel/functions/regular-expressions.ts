import { compileRegex } from "../../../helm/functions/compile-regex.ts";
import { GoPanic } from "../../../helm/template/go-value.ts";
import type { CelBudget } from "../cel-budget.ts";
import { CelFault } from "../cel-fault.ts";
import { type CelFunction, type CelFunctions, indexOf, textOf } from "../cel-function.ts";

/** Longer patterns, and those whose counted repetitions multiply beyond this, are refused: they take memory. */
const maxPattern = 1000;

/** Steps of a pattern over a text: RE2's cost is the product of both. */
const workPerStep = 10;

function matcher(
  text: string,
  pattern: string,
  budget: CelBudget,
): ReturnType<ReturnType<typeof compileRegex>["matcher"]> {
  const width = widthOf(pattern);
  if (width > maxPattern) throw new CelFault("the regular expression is too large");
  budget.spend(width + (text.length * width) / workPerStep);
  return compile(pattern).matcher(text);
}

/** Returns how large a pattern is, at most, when its counted repetitions are written out. */
function widthOf(pattern: string): number {
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/gu)].map(([, from = "1", to = ""]) => Number(to || from));
  return counts.reduce((width, count) => width * Math.max(1, count), Math.max(1, pattern.length));
}

function compile(pattern: string): ReturnType<typeof compileRegex> {
  try {
    return compileRegex(pattern);
  } catch (error) {
    if (error instanceof GoPanic) throw new CelFault(error.message);
    throw error;
  }
}

const matches: CelFunction["call"] = ([on, pattern], budget) => matcher(textOf(on), textOf(pattern), budget).find();

const find: CelFunction["call"] = ([on, pattern], budget) => {
  const found = matcher(textOf(on), textOf(pattern), budget);
  return found.find() ? (found.group() ?? "") : "";
};

const findAll: CelFunction["call"] = ([on, pattern, limit], budget) => {
  const most = limit === undefined ? -1 : indexOf(limit);
  const found = matcher(textOf(on), textOf(pattern), budget);
  const all: string[] = [];
  for (let left = most < 0 ? Infinity : most; left > 0 && found.find(); left--) {
    budget.spend(1);
    all.push(found.group() ?? "");
  }
  return all;
};

/** `matches`, and Kubernetes' `find` and `findAll`: RE2's syntax in linear time. */
export const regularExpressions: CelFunctions = {
  alone: { matches: { counts: [2], call: matches } },
  methods: {
    matches: { counts: [1], call: matches },
    find: { counts: [1], call: find },
    findAll: { counts: [1, 2], call: findAll },
  },
};
