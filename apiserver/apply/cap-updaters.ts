import { compareBytes } from "../resources/go-text.ts";
import { unionFields } from "./field-set.ts";
import { managerKey, secondsOf, type ManagerIdentity, type Owners, type Ownership } from "./managed-fields.ts";

/** How many update entries an object keeps (DefaultMaxUpdateManagers of k8s.io/apimachinery). */
const maxUpdaters = 10;

const ancient = "ancient-changes";

/**
 * Returns the owners with at most ten updaters: the oldest of the same version are merged into one entry named
 * `ancient-changes`, with the time of the youngest of them (capManagersManager of k8s.io/apimachinery).
 */
export function capUpdaters(owners: Owners): Owners {
  const updaters = [...owners].filter(([, { operation }]) => operation === "Update");
  let count = updaters.length;
  if (count <= maxUpdaters) return owners;
  updaters.sort(
    ([leftKey, left], [rightKey, right]) =>
      secondsOf(left.time) - secondsOf(right.time) || compareBytes(leftKey, rightKey),
  );
  const next = new Map(owners);
  const firstOfVersion = new Map<string, string>();
  for (const [key, ownership] of updaters) {
    if (count <= maxUpdaters) break;
    const first = firstOfVersion.get(ownership.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(ownership.apiVersion, key);
      continue;
    }
    const identity: ManagerIdentity = {
      manager: ancient,
      operation: "Update",
      apiVersion: ownership.apiVersion,
      subresource: "",
    };
    const bucketKey = managerKey(identity);
    const bucket: Ownership | undefined = next.get(bucketKey) ?? next.get(first);
    if (!next.has(bucketKey)) next.delete(first);
    const fields = bucket === undefined ? ownership.fields : unionFields(ownership.fields, bucket.fields);
    next.set(bucketKey, { ...identity, time: ownership.time, fields });
    if (key !== bucketKey) next.delete(key);
    count--;
  }
  return next;
}
