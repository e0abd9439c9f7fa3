import { describeEntry } from "../../shared/drift/inventory-entry.ts";
import type { RemovalPlan } from "../../shared/drift/plan-removals.ts";
import { approveAnnotation, inventoryName } from "./marks.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { PassDeps } from "./pass.ts";

/** The API's own limit for an Event's note. Source: k8s.io/api events.k8s.io/v1. */
const maxNoteLength = 1024;

/**
 * Writes an Event on the inventory Secret that says what is held, why, and how to approve it; one per plan, however often it is
 * asked. That it cannot be written (rights) is only logged: status says the same.
 */
export async function announceHeld(deps: PassDeps, bundle: string, plan: RemovalPlan): Promise<void> {
  const { namespace, client, clock, log } = deps;
  const secret = inventoryName(bundle);
  const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const body = {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: `${secret}.${plan.digest}`, namespace },
    eventTime: new Date(clock.now()).toISOString().replace(/Z$/u, "000Z"),
    reportingController: "drover.dev/agent",
    reportingInstance: "drover-agent",
    action: "Remove",
    reason: "RemovalHeld",
    type: "Warning",
    regarding: { apiVersion: "v1", kind: "Secret", namespace, name: secret },
    note: noteOf(plan, { bundle, namespace, secret }),
  };
  try {
    await client.raw({ method: "POST", path, body });
  } catch (error) {
    if (!hasCode(error, "KUBE_ALREADY_EXISTS")) log.warn({ bundle, err: error }, "event of held removals not written");
  }
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
