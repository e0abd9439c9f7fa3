import type { FleetYaml } from "../api/fleet-yaml.ts";
import { AppError } from "../errors.ts";
import { isLabelKey, isLabelValue, isSubdomain } from "../metadata-rules.ts";
import type { Warn } from "./check-effects.ts";
import { warningLine } from "./strict.ts";
import type { BundleWarning } from "./warning.ts";

const keyRule =
  "must be at most 63 letters, digits, - _ . with a letter or digit at both ends, behind at most one prefix such as example.com/";

/** Warns of a name, labels and annotations that no Bundle can have; what is built without a hub has them as they are. */
export function checkMetadata({ name = "", labels = {}, annotations = {} }: FleetYaml, warn: Warn): void {
  if (name !== "" && !isSubdomain(name)) {
    const rule = "must be at most 253 lower-case letters, digits, - and . with a letter or digit at both ends";
    warn("METADATA_INVALID", ["name"], `name ${shown(name)} ${rule}`);
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!isLabelKey(key)) warn("METADATA_INVALID", ["labels", key], `the label's key ${shown(key)} ${keyRule}`);
    if (isLabelValue(value)) continue;
    const rule = "must be at most 63 letters, digits, - _ . with a letter or digit at both ends";
    warn("METADATA_INVALID", ["labels", key], `value ${shown(value)} of the label ${shown(key)} ${rule}`);
  }
  for (const key of Object.keys(annotations)) {
    if (isLabelKey(key.toLowerCase())) continue;
    warn("METADATA_INVALID", ["annotations", key], `the annotation's key ${shown(key)} ${keyRule}`);
  }
}

/** Returns the error that such warnings are where a Bundle is stored: FLEET_YAML_INVALID, at the first; undefined without any. */
export function metadataFault(warnings: readonly BundleWarning[]): AppError | undefined {
  const found = warnings.filter(({ code }) => code === "METADATA_INVALID");
  const [first] = found;
  if (first === undefined) return undefined;
  return new AppError("FLEET_YAML_INVALID", found.map(warningLine).join("; "), {
    verdict: "stalled",
    position: first.position,
  });
}

function shown(text: string): string {
  const cut = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return `${JSON.stringify(cut)}${cut === text ? "" : ` (${text.length} characters)`}`;
}
