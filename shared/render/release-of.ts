import type { DeploymentOptions } from "../api/deployment-options.ts";
import { helmReleaseName } from "../names.ts";
import { releaseNamespace } from "./set-namespace.ts";

/** Returns the Helm release that a deployment is for its charts, and was under Fleet. `bundle` is `<workspace>/<name>`. */
export function releaseOf(
  bundle: string,
  options: DeploymentOptions,
): { readonly name: string; readonly namespace: string } {
  const { releaseName = "" } = options.helm ?? {};
  const name = releaseName === "" ? helmReleaseName(bundle.slice(bundle.lastIndexOf("/") + 1)) : releaseName;
  return { name, namespace: releaseNamespace(options) };
}
