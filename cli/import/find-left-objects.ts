import { describeEntry, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { HubClient } from "../hub-client.ts";
import type { ObjectPath } from "./cluster-kinds.ts";
import { readMarks } from "./object-marks.ts";
import type { OwnedObject } from "./read-inventories.ts";
import { readReleaseObjects, readReleaseSecrets } from "./release-records.ts";

/** What is looked at for objects that nobody will keep. */
export interface LeftSearch {
  readonly objectPath: ObjectPath;
  readonly owned: readonly OwnedObject[];
  /** `<namespace>/<name>` of the adopted releases. */
  readonly releases: readonly string[];
}

/** Returns, one line each, the objects of the releases that are still there and that no deployment of Drover owns. */
export async function findLeftObjects(
  cluster: HubClient,
  { objectPath, owned, releases }: LeftSearch,
): Promise<string[]> {
  // Paths tell objects apart: cluster-wide kinds have no namespace in one place and any in another.
  const ours = new Set(owned.map(({ entry }) => objectPath(entry)));
  const recorded: { readonly release: string; readonly entry: InventoryEntry }[] = [];
  for (const release of releases) {
    const newest = (await readReleaseSecrets(cluster, release)).at(-1);
    for (const entry of newest === undefined ? [] : readReleaseObjects(newest)) {
      if (!ours.has(objectPath(entry))) recorded.push({ release, entry });
    }
  }
  const marked = await readMarks(cluster, objectPath, recorded);
  return marked
    .filter(({ wanted, marks }) => marks.release === wanted.release)
    .map(
      ({ wanted: { entry, release } }) =>
        `${describeEntry(entry)} of release ${release} stays: no bundle of Drover has it; delete it, or put it in Git`,
    );
}
