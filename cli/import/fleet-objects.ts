import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { listOf } from "../output.ts";
import { textAt } from "./json-path.ts";

/** Kinds of Fleet that `manifests` reads, by plural; those after the first five are only warned of. */
const plurals = [
  "gitrepos",
  "clusters",
  "clustergroups",
  "bundlenamespacemappings",
  "gitreporestrictions",
  "helmops",
  "policies",
  "schedules",
  "imagescans",
  "bundles",
] as const;

/** Objects of Fleet by plural, of the wanted workspaces; kinds that this Fleet lacks are absent. */
export interface FleetObjects extends Readonly<Partial<Record<(typeof plurals)[number], readonly JsonObject[]>>> {
  /** All Namespaces of Fleet's cluster. */
  readonly namespaces: readonly JsonObject[];
}

/** Returns what Fleet has in the wanted workspaces (all when none is named); throws IMPORT_INCOMPLETE where Fleet is not. */
export async function readFleetObjects(fleet: HubClient, workspaces: readonly string[]): Promise<FleetObjects> {
  const served = await servedPlurals(fleet);
  const entries = await Promise.all(
    plurals
      .filter((plural) => served.has(plural))
      .map(async (plural) => [plural, inWorkspaces(await listAll(fleet, fleetPath(plural, "")), workspaces)] as const),
  );
  return { ...Object.fromEntries(entries), namespaces: await listAll(fleet, "/api/v1/namespaces") };
}

/** Returns the objects of a collection. */
export async function listAll(client: HubClient, path: string): Promise<JsonObject[]> {
  return listOf((await client.call({ path }))["items"]).filter(isJsonObject);
}

/** Returns the objects whose workspace is wanted; all when none is named. */
export function inWorkspaces(objects: readonly JsonObject[], workspaces: readonly string[]): JsonObject[] {
  return objects.filter(
    (object) => workspaces.length === 0 || workspaces.includes(textAt(object, "metadata", "namespace")),
  );
}

/** Returns an object, undefined when there is none. */
export async function findObject(client: HubClient, path: string, accept?: string): Promise<JsonObject | undefined> {
  try {
    return await client.call({ path, ...(accept === undefined ? {} : { accept }) });
  } catch (error) {
    if (error instanceof AppError && error.details["status"] === 404) return undefined;
    throw error;
  }
}

/** Earlier versions of Fleet lack some kinds. */
async function servedPlurals(fleet: HubClient): Promise<ReadonlySet<string>> {
  const list = await findObject(fleet, "/apis/fleet.cattle.io/v1alpha1");
  const names = listOf(list?.["resources"]).flatMap((entry) => (isJsonObject(entry) ? [textAt(entry, "name")] : []));
  if (!names.includes("gitrepos"))
    throw new AppError("IMPORT_INCOMPLETE", `${fleet.server} has no GitRepos of Fleet: check --kubeconfig`, {
      verdict: "stalled",
    });
  return new Set(names);
}
