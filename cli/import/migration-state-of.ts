import type * as z from "zod";
import type { JsonObject } from "../../codec/json-value.ts";
import { adoptedAnnotation, fleetLabels, releasesRemovedAnnotation, stoppedAnnotation } from "./import-marks.ts";
import { idOf, objectAt, textAt, valueAt } from "./json-path.ts";
import { adoptedSchema, type FleetDeployment, type MigrationState, stoppedSchema } from "./migration-state.ts";

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
    bundleDeployments,
    (object) => `${label(object, "clusterNamespace")}/${label(object, "cluster")}`,
  );
  return {
    gitRepos: gitRepos.map((object) => ({
      id: idOf(object),
      keepResources: valueAt(object, "spec", "keepResources") === true,
    })),
    clusters: clusters.map((object) => {
      const id = idOf(object);
      const adopted = evidenceOf(object, adoptedAnnotation, adoptedSchema);
      const ours = (deployments.get(id) ?? [])
        .filter((deployment) => label(deployment, "repo") !== "")
        .map(fleetDeployment)
        .filter(({ gitRepo }) => wanted.has(gitRepo) || adopted?.gitRepos.includes(gitRepo) === true);
      return {
        workspace: textAt(object, "metadata", "namespace"),
        name: textAt(object, "metadata", "name"),
        deployments: ours,
        agent: agents.get(id) ?? "unknown",
        stopped: evidenceOf(object, stoppedAnnotation, stoppedSchema),
        adopted,
        releasesRemoved: annotation(object, releasesRemovedAnnotation) !== "",
        others: (deployments.get(id) ?? []).filter(isForeign).map(idOf),
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

/** Fleet deploys its own agent by a Bundle, too. */
function isForeign(object: JsonObject): boolean {
  return label(object, "repo") === "" && !textAt(object, "metadata", "name").startsWith("fleet-agent");
}

/** Evidence that cannot be read is none: the step is done again. */
function evidenceOf<S extends z.ZodType>(object: JsonObject, name: string, schema: S): z.output<S> | undefined {
  const text = annotation(object, name);
  if (text === "") return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
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
