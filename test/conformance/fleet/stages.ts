import { differences } from "./compare.ts";
import { compareBundles, compareTargets, hasUnstableContent, likeRecorded } from "./compare.ts";
import type { CaseError, FleetCase } from "./read-case.ts";
import { buildCase, buildErrors, bundleDocuments, targetCase } from "./run-case.ts";
import { finishValues } from "./finish-values.ts";

/** The stages of a case, each compared on its own. */
export const stages = ["bundles", "targets", "rendered"] as const;

/** A stage of a case. */
export type Stage = (typeof stages)[number];

function errorKeys(errors: readonly CaseError[], phase: string): string[] {
  return errors
    .filter((error) => error.phase === phase)
    .map(({ bundle = "", cluster = "" }) => `${bundle} ${cluster}`)
    .sort();
}

/** Returns the differences between what Drover builds and the recorded bundles and refusals. */
export function compareBundleStage(fleetCase: FleetCase): string[] {
  const built = buildCase(fleetCase);
  const errors = buildErrors(built);
  const failures = differences(errorKeys(fleetCase.errors, "apply"), errorKeys(errors, "apply"), "errors");
  if (failures.length > 0 || fleetCase.bundles === undefined) return failures;
  const actual = bundleDocuments(fleetCase, built.bundles).map((document) => likeRecorded(document, fleetCase.volatile));
  return compareBundles(fleetCase.bundles, actual);
}

/** Returns the differences between how Drover targets the built bundles and the recorded targets and refusals. */
export function compareTargetStage(fleetCase: FleetCase): string[] {
  const { bundles } = buildCase(fleetCase);
  const results = bundles.map((bundle) => targetCase(fleetCase, bundle, finishValues));
  const errors = results.flatMap((result) => result.errors);
  const failures = differences(errorKeys(fleetCase.errors, "target"), errorKeys(errors, "target"), "errors");
  if (failures.length > 0) return failures;
  const unstable = new Set(
    (fleetCase.bundles ?? []).filter(hasUnstableContent).map((bundle) => String(Object(bundle["metadata"])["name"])),
  );
  const settle = (entry: Record<string, unknown>) => {
    const deployment = entry["deployment"];
    if (typeof deployment !== "object" || deployment === null || !unstable.has(String(entry["bundle"]))) return entry;
    return { ...entry, deployment: { ...deployment, contentName: "<varies>" } };
  };
  const expected = (fleetCase.entries ?? []).map(settle);
  const actual = results.flatMap((result) => result.entries).map(settle);
  return compareTargets(Object(expected), Object(actual));
}

/** Which stages a case has a recording for. */
export function stagesOf(fleetCase: FleetCase): readonly Stage[] {
  return fleetCase.stopAfter === "apply" || fleetCase.bundles === undefined ? ["bundles"] : stages;
}
