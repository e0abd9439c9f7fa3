import type { KubeObject } from "../../api/meta.ts";
import { notReady, ready, type Health } from "./health.ts";
import { conditionOf } from "./read-fields.ts";

/** Returns the health of a CustomResourceDefinition: its names are accepted and it is established. */
export function assessDefinition(object: KubeObject): Health {
  const names = conditionOf(object, "NamesAccepted");
  if (names?.status === "False") return notReady(`its names are taken: ${names.message || names.reason}`);
  const established = conditionOf(object, "Established");
  if (established?.status === "True") return ready;
  return notReady(established?.message || "is not established yet");
}
