import { seededRandom } from "./random-template.ts";

/** Chances that a seed decides. */
export interface Dice {
  /** Returns an integer from 0 to below the end. */
  readonly below: (end: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
}

/** Returns dice that fall alike for the same seed. */
export function seededDice(seed: number): Dice {
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  return {
    below,
    chance: (share) => random() < share,
    pick: (items) => {
      const found = items[below(items.length)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
  };
}
