import type { BundleSpec } from "../api/bundle-spec.ts";
import type { BundleTarget } from "../api/bundle-target.ts";
import { type DeploymentOptions, deploymentOptionsShape } from "../api/deployment-options.ts";

const optionKeys = Object.keys(deploymentOptionsShape);

/** Returns the deployment options among the fields of a bundle's spec or of a target. */
export function optionsOf(source: BundleSpec | BundleTarget): DeploymentOptions {
  const fields: Readonly<Record<string, unknown>> = source;
  const entries = optionKeys.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]] as const]));
  return Object.fromEntries(entries) as DeploymentOptions;
}
