import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { beyondReplacementLimits } from "../../shared/drift/plan-replacements.ts";
import type { PlannedObject } from "../../shared/protocol/answers.ts";

/** Returns the planned objects as an apply would leave them: where more would be made anew than may be at once, none is. */
export function withinReplacementLimits(
  objects: readonly PlannedObject[],
  room: Parameters<typeof beyondReplacementLimits>[1],
): PlannedObject[] {
  const count = objects.filter(({ action }) => action === "replace").length;
  const beyond = beyondReplacementLimits(count, room);
  if (beyond === undefined) return [...objects];
  return objects.map((object) =>
    object.action === "replace" ? { ...object, action: "fail", message: `${object.message ?? ""}; ${beyond}` } : object,
  );
}

/** Returns what `helm.atomic` would make of a plan of which something fails. */
export function atomicWarnings({ helm }: DeploymentOptions, objects: readonly PlannedObject[]): string[] {
  const failing = objects.filter(({ action }) => action === "fail" || action === "conflict").length;
  if (helm?.atomic !== true || failing === 0) return [];
  const what = failing === 1 ? "1 object" : `${failing} objects`;
  return [`helm.atomic: as ${what} would fail, all of this would be taken back`];
}
