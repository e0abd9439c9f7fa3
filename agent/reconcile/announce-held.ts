import { describeEntry } from "../../shared/drift/inventory-entry.ts";
import type { RemovalPlan } from "../../shared/drift/plan-removals.ts";
import { approveAnnotation, inventoryName } from "./marks.ts";
import type { PassDeps } from "./pass.ts";
import { maxNoteLength, writeEvent } from "./write-event.ts";

/**
 * Writes an Event on the inventory Secret that says what is held, why, and how to approve it; one per plan, however often it is
 * asked. That it cannot be written (rights) is only logged: status says the same.
 */
export async function announceHeld(deps: PassDeps, bundle: string, plan: RemovalPlan): Promise<void> {
  const secret = inventoryName(bundle);
  await writeEvent(deps, {
    name: `${secret}.${plan.digest}`,
    action: "Remove",
    reason: "RemovalHeld",
    regarding: { kind: "Secret", name: secret },
    note: noteOf(plan, { bundle, namespace: deps.namespace, secret }),
  });
}

interface Place {
  readonly bundle: string;
  readonly namespace: string;
  readonly secret: string;
}

/** How to approve is never what is cut off. */
function noteOf({ held, digest }: RemovalPlan, { bundle, namespace, secret }: Place): string {
  const how = `approve: kubectl annotate secret --namespace ${namespace} ${secret} ${approveAnnotation}=${digest}`;
  const what = held.map(({ entry, reason }) => `${describeEntry(entry)} (${reason})`).join(", ");
  const start = `bundle ${bundle}: ${held.length} removals wait: ${what}`;
  const room = maxNoteLength - how.length - 2;
  return `${start.length <= room ? start : `${start.slice(0, room - 1)}…`}; ${how}`;
}
