import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { describeEntry, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { HubClient } from "../hub-client.ts";
import type { ObjectPath } from "./cluster-kinds.ts";
import { findObject } from "./fleet-objects.ts";
import { objectAt, textAt } from "./json-path.ts";

/** Marks that Helm and Fleet's agent put on their objects; a chart's own `app.kubernetes.io/managed-by` is none. */
export interface ObjectMarks {
  /** `<namespace>/<name>` of the Helm release; "" without one. */
  readonly release: string;
  readonly fleet: boolean;
}

/** Returns the marks on an object. */
export function marksOf(object: JsonObject): ObjectMarks {
  const annotations = objectAt(object, "metadata", "annotations");
  const keys = [...Object.keys(annotations), ...Object.keys(objectAt(object, "metadata", "labels"))];
  const name = textAt(object, "metadata", "annotations", "meta.helm.sh/release-name");
  const namespace = textAt(object, "metadata", "annotations", "meta.helm.sh/release-namespace");
  return {
    release: name === "" ? "" : `${namespace}/${name}`,
    fleet: keys.some((key) => key.startsWith("objectset.rio.cattle.io/")),
  };
}

/** An object that is there, with its marks. */
export interface MarkedObject<T extends { readonly entry: InventoryEntry }> {
  readonly wanted: T;
  readonly marks: ObjectMarks;
}

const parallel = 8;
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/** Returns those of the wanted objects that are there and bear marks; asks for their metadata only. */
export async function readMarks<T extends { readonly entry: InventoryEntry }>(
  cluster: HubClient,
  objectPath: ObjectPath,
  wanted: readonly T[],
): Promise<MarkedObject<T>[]> {
  const found: MarkedObject<T>[] = [];
  const queue = wanted.values();
  const work = async (): Promise<void> => {
    for (const item of queue) {
      const path = objectPath(item.entry);
      const object = path === undefined ? undefined : await findObject(cluster, path, metadataOnly);
      if (!isJsonObject(object)) continue;
      const marks = marksOf(object);
      if (marks.release !== "" || marks.fleet) found.push({ wanted: item, marks });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return found;
}

/** Returns what a person should know of a marked object in an inventory. */
export function describeMarked(
  { bundle, entry }: { readonly bundle: string; readonly entry: InventoryEntry },
  { release, fleet }: ObjectMarks,
  releases: readonly string[],
): string {
  const of = [release === "" ? [] : [`Helm release ${release}`], fleet ? ["Fleet"] : []].flat().join(" and of ");
  const advice =
    release !== "" && !releases.includes(release)
      ? "; the deployment was never that release: set helm.takeOwnership in its fleet.yaml, or take the object out of Git"
      : "";
  return `${describeEntry(entry)} of bundle ${bundle} bears marks of ${of}${advice}`;
}
