import type { JsonObject } from "../../codec/json-value.ts";
import { adoptedAnnotation, fleetLabels, releasesRemovedAnnotation, stoppedAnnotation } from "./import-marks.ts";
import { idOf, objectAt, textAt, valueAt } from "./json-path.ts";
import { type Adopted, adoptedSchema, type FleetDeployment, type MigrationState } from "./migration-state.ts";

/** Fleet's objects that the order of steps depends on. */
export interface MigrationObjects {
  readonly gitRepos: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly bundleDeployments: readonly JsonObject[];
}

/** Returns the state that objects of Fleet show; `agents` has what clusters themselves said, by `<workspace>/<name>`. */
export function migrationStateOf(
  { gitRepos, clusters, bundleDeployments }: MigrationObjects,
  agents: ReadonlyMap<string, "running" | "stopped"> = new Map(),
): MigrationState {
  const wanted = new Set(gitRepos.map(idOf));
  const deployments = Map.groupBy(
    bundleDeployments.filter((object) => label(object, "repo") !== ""),
    (object) => `${label(object, "clusterNamespace")}/${label(object, "cluster")}`,
  );
  return {
    gitRepos: gitRepos.map((object) => ({
      id: idOf(object),
      keepResources: valueAt(object, "spec", "keepResources") === true,
    })),
    clusters: clusters.map((object) => {
      const id = idOf(object);
      const adopted = adoptedOf(object);
      const ours = (deployments.get(id) ?? [])
        .map(fleetDeployment)
        .filter(({ gitRepo }) => wanted.has(gitRepo) || adopted?.gitRepos.includes(gitRepo) === true);
      return {
        workspace: textAt(object, "metadata", "namespace"),
        name: textAt(object, "metadata", "name"),
        deployments: ours,
        agent: agents.get(id) ?? "unknown",
        stoppedOnce: annotation(object, stoppedAnnotation) !== "",
        adopted,
        releasesRemoved: annotation(object, releasesRemovedAnnotation) !== "",
      };
    }),
  };
}

function fleetDeployment(object: JsonObject): FleetDeployment {
  const workspace = label(object, "bundleNamespace");
  const bundle = label(object, "bundle") || textAt(object, "metadata", "name");
  const wanted = textAt(object, "spec", "deploymentID");
  return {
    id: `${workspace}/${bundle}`,
    gitRepo: `${workspace}/${label(object, "repo")}`,
    // `<namespace>/<name>:<revision>` (source: rancher/fleet `internal/helmdeployer/history.go`).
    release: textAt(object, "status", "release").replace(/:\d+$/u, ""),
    keepResources: valueAt(object, "spec", "options", "keepResources") === true,
    observed: wanted !== "" && wanted === textAt(object, "status", "appliedDeploymentID"),
    paused: valueAt(object, "spec", "paused") === true || valueAt(object, "spec", "offSchedule") === true,
  };
}

/** Evidence that cannot be read is none: the step is done again. */
function adoptedOf(object: JsonObject): Adopted | undefined {
  const text = annotation(object, adoptedAnnotation);
  if (text === "") return undefined;
  try {
    return adoptedSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function annotation(object: JsonObject, name: string): string {
  return textAt(object, "metadata", "annotations", name);
}

function label(object: JsonObject, name: keyof typeof fleetLabels): string {
  const value = objectAt(object, "metadata", "labels")[fleetLabels[name]];
  return typeof value === "string" ? value : "";
}
