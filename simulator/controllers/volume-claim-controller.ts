import { itself, objectAt, type Controller, type ControllerParts } from "./controller.ts";

const resource = "/persistentvolumeclaims";
const volumes = "/persistentvolumes";

/** Gives every PersistentVolumeClaim a volume of the size it asks for, and removes the volume with it. */
export function createVolumeClaimController({ client }: ControllerParts): Controller {
  return {
    name: "persistentvolume",
    watches: { [resource]: itself(resource) },
    reconcile: async (name) => {
      const claim = await client.get(name);
      if (claim === undefined) {
        await removeVolumesOf(name.namespace, name.name);
        return undefined;
      }
      if (claim.metadata.deletionTimestamp !== undefined || objectAt(claim, "status")["phase"] === "Bound")
        return undefined;
      const spec = objectAt(claim, "spec");
      const volumeName = `pvc-${claim.metadata.uid ?? ""}`;
      const capacity = objectAt(spec, "resources", "requests");
      const accessModes = spec["accessModes"] ?? ["ReadWriteOnce"];
      await client.create(volumes, {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: volumeName },
        spec: {
          capacity,
          accessModes,
          claimRef: {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            name: name.name,
            namespace: name.namespace,
            uid: claim.metadata.uid ?? "",
          },
          hostPath: { path: `/simulated/${volumeName}` },
          persistentVolumeReclaimPolicy: "Delete",
          storageClassName: spec["storageClassName"] ?? "standard",
        },
      });
      await client.changeStatus({ resource: volumes, namespace: "", name: volumeName }, () => ({ phase: "Bound" }));
      await client.change(name, (live) => ({ ...live, spec: { ...objectAt(live, "spec"), volumeName } }));
      await client.changeStatus(name, () => ({ phase: "Bound", accessModes, capacity }));
      return undefined;
    },
  };

  async function removeVolumesOf(namespace: string, claim: string): Promise<void> {
    for (const volume of await client.list(volumes)) {
      const reference = objectAt(volume, "spec", "claimRef");
      if (reference["namespace"] !== namespace || reference["name"] !== claim) continue;
      await client.remove({ resource: volumes, namespace: "", name: volume.metadata.name ?? "" });
    }
  }
}
