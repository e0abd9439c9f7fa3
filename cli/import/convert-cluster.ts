import type { JsonObject } from "../../codec/json-value.ts";
import { cleanManifest, withAnnotations } from "./clean-manifest.ts";
import type { Converted } from "./convert-git-repo.ts";
import { pausedAnnotation } from "./import-marks.ts";
import { idOf, objectAt } from "./json-path.ts";

const kept: ReadonlySet<string> = new Set(["paused", "templateValues"]);
/** Fleet writes these by itself. */
const internal: ReadonlySet<string> = new Set(["clientID", "redeployAgentGeneration"]);

/**
 * Returns a Cluster as Drover takes it: paused until `adopt`, so that Drover changes nothing where Fleet still does, and
 * without what belongs to Fleet's agent.
 */
export function convertCluster(object: JsonObject): Converted {
  const manifest = cleanManifest(object);
  const spec = objectAt(manifest, "spec");
  const own = Object.fromEntries(Object.entries(spec).filter(([field]) => kept.has(field)));
  const warnings = Object.keys(spec)
    .filter((field) => !kept.has(field) && !internal.has(field))
    .map(
      (field) =>
        `Cluster ${idOf(object)}: spec.${field} is about Fleet's agent and is left out: set its like where you install Drover's`,
    );
  // Who paused it in Fleet unpauses it: `adopt` takes back only what this import did.
  const marked = spec["paused"] === true ? manifest : withAnnotations(manifest, { [pausedAnnotation]: "true" });
  return { manifest: { ...marked, spec: { ...own, paused: true } }, warnings };
}
