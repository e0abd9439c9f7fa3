import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryOf } from "../../shared/drift/inventory-entry.ts";
import { toAppError } from "../../shared/errors.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { RemoveDeps } from "./remove-objects.ts";

/** What goes normally is gone by then. */
const patienceMs = 5000;
const maxNamed = 3;
const maxKinds = 5;

/**
 * Returns what an object waits for that is being deleted: its finalizers, and after a while, of a Namespace or definition, the
 * objects that hold it up with theirs.
 */
export async function whyLingering(deps: RemoveDeps, live: KubeObject): Promise<string> {
  const { deletionTimestamp, finalizers = [] } = live.metadata;
  const own = finalizers.length === 0 ? "is being deleted" : `waits for finalizers: ${finalizers.join(", ")}`;
  if (deletionTimestamp === undefined || deps.ageMs(deletionTimestamp) < patienceMs) return own;
  const holders: string[] = [];
  for (const { resource, namespace } of contentOf(deps, live).slice(0, maxKinds)) {
    if (holders.length >= maxNamed) break;
    holders.push(...(await holdersAmong(deps, resource, namespace)));
  }
  return holders.length === 0 ? own : `${own}; held up by ${holders.slice(0, maxNamed).join(", ")}`;
}

interface Content {
  readonly resource: ApiResource;
  readonly namespace: string;
}

/** Returns the kinds of which something is left in a namespace, as its controller says, or the kind that a definition brings. */
function contentOf({ discovery }: RemoveDeps, live: KubeObject): readonly Content[] {
  const { spec, status, kind, metadata } = live;
  if (kind === "Namespace" && live.apiVersion === "v1") {
    const conditions = isJsonObject(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
    const remaining = conditions
      .filter(isJsonObject)
      .find((one) => one["type"] === "NamespaceContentRemaining" && one["status"] === "True");
    const names = new Set(namesIn(remaining?.["message"]));
    const kinds = [...discovery.all()].filter(({ plural, group }) => names.delete(`${plural}.${group}`));
    return kinds.map((resource) => ({ resource, namespace: metadata.name ?? "" }));
  }
  if (kind !== "CustomResourceDefinition" || !isJsonObject(spec)) return [];
  const names = isJsonObject(spec["names"]) ? spec["names"] : {};
  const resource = [...discovery.all()].find(
    ({ plural, group }) => plural === names["plural"] && group === spec["group"],
  );
  return resource === undefined ? [] : [{ resource, namespace: "" }];
}

/** Source of the sentence: k8s.io/kubernetes `pkg/controller/namespace/deletion/status_condition_utils.go`. */
function namesIn(message: unknown): string[] {
  const text = typeof message === "string" ? message : "";
  return [...text.matchAll(/(\S+) has \d+ resource instances/gu)].map(([, name = ""]) => name);
}

async function holdersAmong(deps: RemoveDeps, resource: ApiResource, namespace: string): Promise<string[]> {
  const holders: string[] = [];
  try {
    for await (const object of deps.client.list(resource, { namespace, pageSize: 50 })) {
      const { finalizers = [] } = object.metadata;
      if (finalizers.length > 0) holders.push(`${describeEntry(entryOf(object))} (${finalizers.join(", ")})`);
      if (holders.length >= maxNamed) break;
    }
  } catch (error) {
    // It is only for people: whoever may not list them still learns of the finalizers.
    deps.log.debug({ kind: resource.kind, error: toAppError(error).message }, "what holds up a removal is not known");
  }
  return holders;
}
