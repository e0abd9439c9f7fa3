import type { BundleSpec } from "../api/bundle-spec.ts";
import type { BundleTarget } from "../api/bundle-target.ts";
import { type DeploymentOptions, deploymentOptionsShape } from "../api/deployment-options.ts";

const optionKeys = Object.keys(deploymentOptionsShape);

/** Returns the deployment options among the fields of a bundle's spec or of a target; "" is the same as none, as in Go. */
export function optionsOf(source: BundleSpec | BundleTarget): DeploymentOptions {
  const fields: Readonly<Record<string, unknown>> = source;
  const entries = optionKeys.flatMap((key) => {
    const field = fields[key];
    return field === undefined || field === "" ? [] : [[key, field] as const];
  });
  return Object.fromEntries(entries) as DeploymentOptions;
}
