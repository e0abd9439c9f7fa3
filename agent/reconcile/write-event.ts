import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";

/** The API's own limit for an Event's note. Source: k8s.io/api events.k8s.io/v1. */
export const maxNoteLength = 1024;

/** A warning about an object of the agent's namespace. */
export interface Warning {
  /** Name of the Event: the same says the same, and is written once. */
  readonly name: string;
  readonly action: string;
  readonly reason: string;
  readonly regarding: { readonly kind: "ConfigMap" | "Secret"; readonly name: string; readonly uid?: string };
  readonly note: string;
}

/** What writing Events needs. */
export interface EventDeps {
  readonly client: KubeClient;
  /** The agent's own namespace. */
  readonly namespace: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Logger;
}

/** Writes a warning as an Event, once however often it is asked. That it cannot be written (rights) is only logged. */
export async function writeEvent({ client, namespace, clock, log }: EventDeps, warning: Warning): Promise<void> {
  const { name, action, reason, regarding, note } = warning;
  const body = {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name, namespace },
    eventTime: new Date(clock.now()).toISOString().replace(/Z$/u, "000Z"),
    reportingController: "drover.dev/agent",
    reportingInstance: "drover-agent",
    action,
    reason,
    type: "Warning",
    regarding: { apiVersion: "v1", namespace, ...regarding },
    note,
  };
  const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  try {
    await client.raw({ method: "POST", path, body });
  } catch (error) {
    if (!hasCode(error, "KUBE_ALREADY_EXISTS"))
      log.warn({ event: reason, about: regarding.name, err: error }, "event not written");
  }
}
