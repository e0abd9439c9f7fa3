import { setTimeout as delay } from "node:timers/promises";
import { processUsage } from "./process-usage.ts";

/** An agent collects garbage when it had nothing to do for ten seconds, and at most every thirty. */
const settleMs = 42_000;
const lookMs = 500;
const looks = 10;

/** Returns the resident memory, in MB, of an agent that had nothing to do for a while: the lowest within five seconds. */
export async function restingRssMb(pid: number): Promise<number> {
  await delay(settleMs);
  let lowest = processUsage(pid).rssMb;
  for (let look = 0; look < looks; look++) {
    await delay(lookMs);
    lowest = Math.min(lowest, processUsage(pid).rssMb);
  }
  return lowest;
}
