import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "./meta.ts";

/** Returns whether a value has the frame of a Kubernetes object: apiVersion, kind and metadata. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isJsonObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isJsonObject(value["metadata"])
  );
}
