import { isJsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { textOf } from "../../apiserver/resources/json-text.ts";
import { volumeClaimFinalizer } from "../../apiserver/resources/strategies/volume-claim-strategy.ts";
import type { ObjectName } from "../cluster-client.ts";
import { itself, nameOf, objectAt, type Controller, type ControllerParts } from "./controller.ts";

const resource = "/persistentvolumeclaims";
const volumes = "/persistentvolumes";

/** Gives every PersistentVolumeClaim a volume of the size it asks for, and removes the volume with it. */
export function createVolumeClaimController({ client }: ControllerParts): Controller {
  return {
    name: "persistentvolume",
    watches: { [resource]: itself(resource), "/pods": claimNames },
    reconcile: async (name) => {
      const claim = await client.get(name);
      if (claim === undefined) {
        await removeVolumesOf(name.namespace, name.name);
        return undefined;
      }
      if (claim.metadata.deletionTimestamp !== undefined) {
        await releaseUnused(claim);
        return undefined;
      }
      if (objectAt(claim, "status")["phase"] === "Bound") return undefined;
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

  async function releaseUnused(claim: ApiObject): Promise<void> {
    const pods = await client.list("/pods", claim.metadata.namespace ?? "");
    if (pods.some((pod) => claimsOf(pod).includes(claim.metadata.name ?? ""))) return;
    await client.change(nameOf(resource, claim), (live) => {
      const finalizers = (live.metadata.finalizers ?? []).filter((name) => name !== volumeClaimFinalizer);
      return { ...live, metadata: { ...live.metadata, finalizers } };
    });
  }

  async function removeVolumesOf(namespace: string, claim: string): Promise<void> {
    for (const volume of await client.list(volumes)) {
      const reference = objectAt(volume, "spec", "claimRef");
      if (reference["namespace"] !== namespace || reference["name"] !== claim) continue;
      await client.remove({ resource: volumes, namespace: "", name: volume.metadata.name ?? "" });
    }
  }
}

function claimNames(pod: ApiObject): readonly ObjectName[] {
  const namespace = pod.metadata.namespace ?? "";
  return claimsOf(pod).map((name) => ({ resource, namespace, name }));
}

function claimsOf(pod: ApiObject): readonly string[] {
  const volumes = objectAt(pod, "spec")["volumes"];
  if (!Array.isArray(volumes)) return [];
  return volumes
    .filter(isJsonObject)
    .map((volume) => textOf(objectAt(volume, "persistentVolumeClaim")["claimName"]))
    .filter((name) => name !== "");
}
