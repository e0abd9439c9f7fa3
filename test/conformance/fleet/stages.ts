import type { JsonObject } from "../../../codec/json-value.ts";
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
  return compareBuilt(fleetCase, bundleDocuments(fleetCase, built.bundles), buildErrors(built));
}

/** Returns the differences between Bundle documents and failures, and the recorded ones. */
export function compareBuilt(fleetCase: FleetCase, documents: readonly JsonObject[], errors: readonly CaseError[]): string[] {
  const failures = differences(errorKeys(fleetCase.errors, "apply"), errorKeys(errors, "apply"), "errors");
  if (failures.length > 0 || fleetCase.bundles === undefined) return failures;
  const actual = documents.map((document) => likeRecorded(document, fleetCase.volatile));
  return compareBundles(fleetCase.bundles, actual);
}

/** Returns the differences between how Drover targets the built bundles and the recorded targets and refusals. */
export function compareTargetStage(fleetCase: FleetCase): string[] {
  const { bundles } = buildCase(fleetCase);
  const results = bundles.map((bundle) => targetCase(fleetCase, bundle, finishValues));
  const errors = results.flatMap((result) => result.errors);
  return compareTargeted(fleetCase, results.flatMap((result) => result.entries), errors);
}

/** Returns the differences between entries and failures, and the recorded ones. */
export function compareTargeted(fleetCase: FleetCase, entries: readonly JsonObject[], errors: readonly CaseError[]): string[] {
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
  const actual = entries.map(settle);
  return compareTargets(Object(expected), Object(actual));
}

/** Which stages a case has a recording for. */
export function stagesOf(fleetCase: FleetCase): readonly Stage[] {
  return fleetCase.stopAfter === "apply" || fleetCase.bundles === undefined ? ["bundles"] : stages;
}
