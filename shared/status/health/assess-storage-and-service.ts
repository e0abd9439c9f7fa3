import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { listAt, objectAt, specFields, statusFields, textAt } from "./read-fields.ts";

/** Returns the health of a PersistentVolumeClaim: bound. */
export function assessClaim(object: KubeObject): Health {
  const phase = textAt(statusFields(object), "phase");
  return phase === "Bound" ? ready : notReady(`is ${phase === "" ? "not bound yet" : phase}`);
}

/** Returns the health of a Service: a load balancer must have an address, other types are ready at once. */
export function assessService(object: KubeObject): Health {
  if (textAt(specFields(object), "type") !== "LoadBalancer") return ready;
  const ingress = listAt(objectAt(statusFields(object), "loadBalancer"), "ingress");
  return ingress.length > 0 ? ready : notReady("waits for a load balancer's address");
}
