import { isKubeObject } from "../../shared/api/is-kube-object.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";

/** Returns an API server's answer as an object; throws `KUBE_UNAVAILABLE` when it is something else. */
export function asKubeObject(value: unknown): KubeObject {
  if (isKubeObject(value)) return value;
  throw new AppError("KUBE_UNAVAILABLE", "the API server answered with something that is not an object");
}
