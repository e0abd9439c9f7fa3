import { faultCost } from "./cel-budget.ts";
import { CelFault, CelLimit, noOverload } from "./cel-fault.ts";
import type { CelNode, Loop } from "./cel-node.ts";
import { type CelValue, isCelList, isCelMap, typeNameOf } from "./cel-value.ts";
import type { CelScope } from "./evaluate-node.ts";

type Evaluate = (node: CelNode, scope: CelScope) => CelValue;

/** Returns what a macro makes of the items of a list or the keys of a map. Throws `CelFault`. */
export function evaluateLoop(loop: Loop, scope: CelScope, evaluate: Evaluate): CelValue {
  const over = evaluate(loop.over, scope);
  const rounds = roundsOf(over, loop.names, scope);
  const test = (round: CelScope): boolean => {
    if (loop.test === undefined) return true;
    const value = evaluate(loop.test, round);
    if (typeof value !== "boolean") throw noOverload();
    return value;
  };
  switch (loop.kind) {
    case "all":
      return fold(rounds, test, false);
    case "exists":
      return fold(rounds, test, true);
    case "exists_one":
      return [...rounds].filter(({ scope: round }) => test(round)).length === 1;
    case "filter":
      return [...rounds].filter(({ scope: round }) => test(round)).map(({ item }) => item);
    case "map": {
      const { to } = loop;
      if (to === undefined) return [];
      return [...rounds].filter(({ scope: round }) => test(round)).map(({ scope: round }) => evaluate(to, round));
    }
  }
}

interface Round {
  readonly item: CelValue;
  readonly scope: CelScope;
}

function roundsOf(over: CelValue, names: readonly string[], scope: CelScope): Round[] {
  const [first = "", second] = names;
  const pairs = pairsOf(over, second !== undefined);
  scope.budget.spend(1 + pairs.length / 10);
  return pairs.map(([one, other]) => ({
    item: one,
    scope: {
      budget: scope.budget,
      lookup: (name) => (name === first ? one : second !== undefined && name === second ? other : scope.lookup(name)),
    },
  }));
}

/** The values of one variable or of two: index and item, key and value. */
function pairsOf(over: CelValue, both: boolean): (readonly [CelValue, CelValue])[] {
  if (isCelList(over)) return over.map((item, index) => (both ? [BigInt(index), item] : [item, item]));
  if (isCelMap(over)) return [...over];
  throw new CelFault(`got '${typeNameOf(over)}', expected iterable type`);
}

/** `all` and `exists`: one round that decides is enough, whatever went wrong in others. */
function fold(rounds: readonly Round[], test: (round: CelScope) => boolean, decisive: boolean): boolean {
  let fault: CelFault | undefined;
  for (const { scope } of rounds) {
    try {
      if (test(scope) === decisive) return decisive;
    } catch (error) {
      if (!(error instanceof CelFault) || error instanceof CelLimit) throw error;
      scope.budget.spend(faultCost);
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return !decisive;
}
