import { CelLimit } from "./cel-fault.ts";

/** What one evaluation may still cost. */
export interface CelBudget {
  /** Takes steps away; throws `CelLimit` when there are not as many left. */
  spend(steps: number): void;
}

/** Steps that an evaluation may take: some 50 ms of a core at worst. A rule that looks at 100 conditions takes some 1,000. */
export const maxSteps = 100_000;

/** Characters of a text that one step may work on. */
const textPerStep = 50;

/** What a fault costs that is forgiven: making one takes as long as many steps. */
export const faultCost = 30;

/** Returns a budget for one evaluation. */
export function createBudget(steps: number = maxSteps): CelBudget {
  let left = steps;
  return {
    spend: (cost) => {
      left -= cost;
      if (left < 0)
        throw new CelLimit(`the expression takes more than ${steps} steps: it asks too much of a large object`);
    },
  };
}

/** Returns the steps that reading or making a text of this length costs. */
export function textCost(length: number): number {
  return Math.ceil(length / textPerStep);
}
