import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";

/** Returns whether a value has the frame of a Kubernetes object: apiVersion, kind and metadata. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isJsonObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isJsonObject(value["metadata"])
  );
}

/** Returns an API server's answer as an object; throws `KUBE_UNAVAILABLE` when it is something else. */
export function asKubeObject(value: unknown): KubeObject {
  if (isKubeObject(value)) return value;
  throw new AppError("KUBE_UNAVAILABLE", "the API server answered with something that is not an object");
}
