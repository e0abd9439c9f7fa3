import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { controllerOfKind, itself, objectAt, type Controller, type ControllerParts } from "./controller.ts";
import { countReady, podFromTemplate, podsOf, removePods, templateHash } from "./pod-set.ts";

const resource = "apps/daemonsets";
const revisionLabel = "controller-revision-hash";

/** Keeps one pod of a DaemonSet on every node. */
export function createDaemonSetController({ client }: ControllerParts): Controller {
  return {
    name: "daemonset",
    watches: { [resource]: itself(resource), "/pods": controllerOfKind("DaemonSet", resource) },
    reconcile: async (name) => {
      const set = await client.get(name);
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
      const nodes = (await client.list("/nodes")).map(({ metadata }) => metadata.name ?? "");
      const revision = templateHash(objectAt(set, "spec", "template"));
      const pods = await podsOf(set, client);
      const isCurrent = (pod: ApiObject): boolean => pod.metadata.labels?.[revisionLabel] === revision;
      await removePods(
        pods.filter((pod) => !isCurrent(pod) || !nodes.includes(nodeOf(pod))),
        client,
      );
      const covered = new Set(pods.filter(isCurrent).map(nodeOf));
      for (const nodeName of nodes.filter((node) => !covered.has(node))) {
        await client.create("/pods", podFromTemplate(set, { labels: { [revisionLabel]: revision }, nodeName }));
      }
      const kept = await podsOf(set, client);
      const ready = countReady(kept);
      await client.changeStatus(name, (live) => ({
        ...objectAt(live, "status"),
        currentNumberScheduled: kept.length,
        desiredNumberScheduled: nodes.length,
        numberAvailable: ready,
        numberMisscheduled: 0,
        numberReady: ready,
        numberUnavailable: nodes.length - ready,
        updatedNumberScheduled: kept.filter(isCurrent).length,
        observedGeneration: live.metadata.generation ?? 0,
      }));
      return undefined;
    },
  };
}

function nodeOf(pod: ApiObject): string {
  const node = fieldAt(pod, "spec", "nodeName");
  return typeof node === "string" ? node : "";
}
