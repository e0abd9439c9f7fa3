import { createHash } from "node:crypto";
import { stableJson } from "../../codec/stable-hash.ts";
import type { JsonObject } from "../../codec/json-value.ts";
import type { ApiObject, ObjectMeta } from "../../apiserver/resources/api-object.ts";
import type { ClusterClient } from "../cluster-client.ts";
import { controllerReference, isControlledBy, isTrue, nameOf, objectAt } from "./controller.ts";

/** Characters of hashes in names (k8s.io/apimachinery util/rand SafeEncodeString). */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** Returns a short name for a pod template: equal templates have the same. */
export function templateHash(template: JsonObject): string {
  const digest = createHash("sha256").update(stableJson(template)).digest();
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** What a new pod gets besides its template. */
export interface PodPlace {
  /** A fixed name, else one is made from the owner's. */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly nodeName?: string;
}

/** Returns a pod made from the template of its owner. */
export function podFromTemplate(owner: ApiObject, place: PodPlace = {}): ApiObject {
  const template = objectAt(owner, "spec", "template");
  const { labels, annotations }: ObjectMeta = objectAt(template, "metadata");
  const spec = objectAt(template, "spec");
  const name = place.name === undefined ? { generateName: `${owner.metadata.name ?? ""}-` } : { name: place.name };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...name,
      namespace: owner.metadata.namespace ?? "",
      labels: { ...labels, ...place.labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(owner)],
    },
    spec: place.nodeName === undefined ? spec : { ...spec, nodeName: place.nodeName },
  };
}

/** Returns the pods that an owner controls and that are not being deleted, oldest first. */
export async function podsOf(owner: ApiObject, client: ClusterClient): Promise<readonly ApiObject[]> {
  const pods = await client.list("/pods", owner.metadata.namespace ?? "");
  return pods.filter((pod) => isControlledBy(pod, owner) && pod.metadata.deletionTimestamp === undefined);
}

/** Returns how many of these pods are Ready. */
export function countReady(pods: readonly ApiObject[]): number {
  return pods.filter((pod) => isTrue(pod, "Ready")).length;
}

/** Deletes pods. */
export async function removePods(pods: readonly ApiObject[], client: ClusterClient): Promise<void> {
  for (const pod of pods) await client.remove(nameOf("/pods", pod));
}
