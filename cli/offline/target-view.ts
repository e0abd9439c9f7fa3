import { type JsonObject, isJsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import { contentNameOf } from "../../shared/bundle/bundle-view.ts";
import type { TargetEntry } from "../../shared/targeting/target-bundle.ts";

/** Returns what a bundle means for one cluster in the form of the conformance cases' `targets.yaml`. */
export function targetView(
  { bundle, content }: AssembledBundle,
  { outcome, deployment }: TargetEntry,
  cluster: string,
): JsonObject {
  const base = { bundle: bundle.metadata.name ?? "", cluster };
  if (outcome === undefined) return { ...base, target: null, deployment: null };
  const { target, customizations, doNotDeploy } = outcome;
  const shown = { ...base, target, customizations: [...customizations], ...(doNotDeploy ? { doNotDeploy } : {}) };
  if (deployment === undefined) return { ...shown, deployment: null };
  const { paused, offSchedule, dependsOn, ...rest } = deployment;
  const view = {
    ...rest,
    contentName: contentNameOf(content),
    ...(paused ? { paused } : {}),
    ...(offSchedule ? { offSchedule } : {}),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
  return { ...shown, deployment: asJson(view) };
}

/** Returns a value as JSON, as if it had been printed and read: absent fields are gone, long integers stay whole. */
export function asJson(value: unknown): JsonObject {
  const json = parseJson(printJson(value));
  return isJsonObject(json) ? json : {};
}
