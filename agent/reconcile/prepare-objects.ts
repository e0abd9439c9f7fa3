import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryOf, objectKey } from "../../shared/drift/inventory-entry.ts";
import { normalizeObject } from "../../shared/drift/normalize-object.ts";
import { AppError } from "../../shared/errors.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { scopesFor, type ScopeOf } from "../../shared/render/kind-scope.ts";
import { partOfLabel } from "./marks.ts";

/** How rendered objects are made ready to apply. */
export interface Preparation {
  /** Value of the `part-of` label. */
  readonly partOf: string;
  /** For namespaced objects that name none. */
  readonly namespace: string;
  readonly scopeOf: ScopeOf;
}

/**
 * Returns rendered objects as they are applied: normalised, labelled, with a namespace where the kind has one. Throws
 * `OBJECT_INVALID` and `OBJECT_DUPLICATED`, naming all objects concerned.
 */
export function prepareObjects(objects: readonly KubeObject[], preparation: Preparation): KubeObject[] {
  const scopeOf = scopesFor(objects, preparation.scopeOf);
  const prepared = objects.map((object) => labelled(placed(object, { ...preparation, scopeOf }), preparation.partOf));
  const nameless = prepared.filter(({ metadata }) => (metadata.name ?? "") === "");
  if (nameless.length > 0) {
    const kinds = nameless.map(({ kind, metadata }) => `${kind} ${metadata.generateName ?? ""}`.trim()).join(", ");
    throw new AppError(
      "OBJECT_INVALID",
      `objects without metadata.name (generateName cannot be kept in step): ${kinds}`,
      {
        verdict: "stalled",
      },
    );
  }
  refuseDuplicates(prepared);
  return prepared;
}

/**
 * Returns hooks with their objects normalised and placed. They are in no inventory, so that they get no label of it, and
 * `generateName` is allowed: they are made, never kept in step.
 */
export function prepareHooks(hooks: readonly Hook[], preparation: Preparation): Hook[] {
  const scopeOf = scopesFor(
    hooks.map(({ object }) => object),
    preparation.scopeOf,
  );
  return hooks.map((hook) => ({ ...hook, object: placed(hook.object, { ...preparation, scopeOf }) }));
}

function labelled(object: KubeObject, partOf: string): KubeObject {
  const labels = { ...object.metadata.labels, [partOfLabel]: partOf };
  return { ...object, metadata: { ...object.metadata, labels } };
}

function placed(rendered: KubeObject, { namespace, scopeOf }: Preparation): KubeObject {
  const object = normalizeObject(rendered);
  const { namespace: own, ...metadata } = object.metadata;
  const scope = scopeOf(object.apiVersion, object.kind);
  const place = scope === "Cluster" ? undefined : own === undefined || own === "" ? namespace : own;
  // Unknown kinds keep what they say: the API server will name the fault.
  const kept = scope === undefined ? own : place;
  return {
    ...object,
    metadata: { ...metadata, ...(kept === undefined ? {} : { namespace: kept }) },
  };
}

function refuseDuplicates(objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const object of objects) {
    const key = objectKey(object);
    if (seen.has(key)) twice.add(describeEntry(entryOf(object)));
    seen.add(key);
  }
  if (twice.size === 0) return;
  throw new AppError("OBJECT_DUPLICATED", `rendered more than once: ${[...twice].join(", ")}`, { verdict: "stalled" });
}
