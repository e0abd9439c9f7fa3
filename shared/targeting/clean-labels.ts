import type { Labels } from "./match-selector.ts";

/** Returns labels or annotations without those of kubectl and Rancher (wrangler: `CleanAnnotationsForExport`). */
export function cleanLabels(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => !key.startsWith("kubectl.kubernetes.io/") && !key.includes("cattle.io/")),
  );
}

/** Returns the labels of Fleet and of Rancher's cluster management, which templates see all the same. */
export function fleetLabelsOf(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([key]) => key.startsWith("fleet.cattle.io/") || key.startsWith("management.cattle.io/"),
    ),
  );
}
