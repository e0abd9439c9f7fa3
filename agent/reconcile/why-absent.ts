import type { KubeObject } from "../../shared/api/meta.ts";
import { objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { LiveState } from "../../shared/drift/plan-changes.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";

/** Returns what has to come before an object whose kind is not served. */
export function withoutKind({ apiVersion }: Pick<KubeObject, "apiVersion">): string {
  return `will be created once the cluster serves ${apiVersion}, whose definition is missing`;
}

/** Returns what has to come before an object whose namespace is not there. */
export function withoutNamespace(namespace: string): string {
  return `will be created with its namespace ${namespace}, which is missing`;
}

/** Adds to each object that is absent, in place, whether its namespace is missing as well: each namespace is asked for once. */
export async function explainAbsence(
  client: Pick<KubeClient, "get">,
  objects: readonly KubeObject[],
  states: Map<ObjectKey, LiveState>,
): Promise<void> {
  const reasons = new Map<string, string | undefined>();
  for (const object of objects) {
    const key = objectKey(object);
    const state = states.get(key);
    const { namespace = "" } = object.metadata;
    if (state?.type !== "absent" || state.reason !== undefined || namespace === "") continue;
    if (!reasons.has(namespace)) reasons.set(namespace, await whyNotIn(client, namespace));
    const reason = reasons.get(namespace);
    if (reason !== undefined) states.set(key, { ...state, reason });
  }
}

async function whyNotIn(client: Pick<KubeClient, "get">, namespace: string): Promise<string | undefined> {
  const live = await client.get({ resource: wellKnown.namespace, namespace: "", name: namespace });
  if (live === undefined) return withoutNamespace(namespace);
  if (live.metadata.deletionTimestamp === undefined) return undefined;
  return `will be created once its namespace ${namespace}, which is being deleted, is there anew`;
}
