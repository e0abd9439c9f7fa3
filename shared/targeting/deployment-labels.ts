import type { Bundle } from "../api/bundle.ts";
import { cleanLabels } from "./clean-labels.ts";

/** Returns the labels of the BundleDeployment of a bundle on a cluster: those of the bundle and those that say whose it is. */
export function deploymentLabels(
  bundle: Bundle,
  cluster: { readonly namespace: string; readonly name: string },
): Record<string, string> {
  const own = bundle.metadata.labels ?? {};
  const fleetOwn = Object.fromEntries(Object.entries(own).filter(([key]) => key.startsWith("fleet.cattle.io/")));
  return {
    ...cleanLabels(own),
    ...fleetOwn,
    "fleet.cattle.io/bundle-name": bundle.metadata.name ?? "",
    "fleet.cattle.io/bundle-namespace": bundle.metadata.namespace ?? "",
    "fleet.cattle.io/managed": "true",
    "fleet.cattle.io/cluster-namespace": cluster.namespace,
    "fleet.cattle.io/cluster": cluster.name,
  };
}
