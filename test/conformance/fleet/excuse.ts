import { deliberate } from "./deliberate.ts";
import { notYet } from "./not-yet.ts";
import type { Stage } from "./stages.ts";

/** How a stage of a case came out. */
export type Verdict = "equal" | "deliberate" | "not yet" | "different";

/** Returns why a stage of a case is not expected to equal the recording; undefined: it is. */
export function excuse(id: string, stage: Stage): { verdict: Verdict; reason: string } | undefined {
  const difference = deliberate[id];
  if (difference?.stages.includes(stage) === true) return { verdict: "deliberate", reason: difference.reason };
  const pending = notYet.find((entry) => entry.stage === stage && entry.ids.includes(id));
  return pending === undefined ? undefined : { verdict: "not yet", reason: `waits for ${pending.waitsFor}` };
}
