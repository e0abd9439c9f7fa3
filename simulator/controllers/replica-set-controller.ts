import { controllerOfKind, itself, numberAt, objectAt, type Controller, type ControllerParts } from "./controller.ts";
import { countReady, podFromTemplate, podsOf, removePods } from "./pod-set.ts";

const resource = "apps/replicasets";

/** Keeps as many pods of a ReplicaSet as it asks for. */
export function createReplicaSetController({ client }: ControllerParts): Controller {
  return {
    name: "replicaset",
    watches: { [resource]: itself(resource), "/pods": controllerOfKind("ReplicaSet", resource) },
    reconcile: async (name) => {
      const set = await client.get(name);
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
      const wanted = numberAt(set, ["spec", "replicas"], 1);
      const pods = await podsOf(set, client);
      for (let count = pods.length; count < wanted; count++) await client.create("/pods", podFromTemplate(set));
      // The newest go first, those that are not ready before them.
      const surplus = [...pods].sort((left, right) => countReady([left]) - countReady([right]));
      await removePods(surplus.slice(0, Math.max(0, pods.length - wanted)), client);
      const kept = await podsOf(set, client);
      const ready = countReady(kept);
      await client.changeStatus(name, (live) => ({
        ...objectAt(live, "status"),
        replicas: kept.length,
        fullyLabeledReplicas: kept.length,
        readyReplicas: ready,
        availableReplicas: ready,
        observedGeneration: live.metadata.generation ?? 0,
      }));
      return undefined;
    },
  };
}
