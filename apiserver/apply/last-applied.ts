import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { fieldAt } from "../resources/json-fields.ts";
import { printGoJson } from "../resources/go-text.ts";
import { changedFields, compareObjects } from "./compare-objects.ts";
import { collectFields } from "./collect-fields.ts";
import { subtractFields, type FieldSet } from "./field-set.ts";
import { asMap } from "./list-items.ts";
import type { StructureRef } from "./structure.ts";
import { validateStructure } from "./validate-structure.ts";

/** Where client-side `kubectl apply` keeps what it applied. */
const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** The name under which both forms of `kubectl apply` write. */
export const kubectlManager = "kubectl";

// validation.TotalAnnotationSizeLimitB of k8s.io/apimachinery.
const annotationBytes = 256 * 1024;

function lastAppliedOf(object: ApiObject): string | undefined {
  const text = fieldAt(object, "metadata", "annotations", lastAppliedAnnotation);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return asMap(value);
  } catch {
    // Whatever somebody wrote there: an unreadable annotation allows nothing, as in kube-apiserver.
    return undefined;
  }
}

/**
 * Returns the fields that client-side apply set and that still have that value: server-side apply by `kubectl` may
 * take them over without `force` (lastAppliedManager of k8s.io/apimachinery). Undefined when there is no usable
 * annotation.
 */
export function fieldsOfClientSideApply(live: ApiObject, type: StructureRef): FieldSet | undefined {
  const text = lastAppliedOf(live);
  const applied = text === undefined ? undefined : parseObject(text);
  if (applied === undefined || applied["apiVersion"] !== live.apiVersion) return undefined;
  const strict = { allowDuplicates: false };
  if (validateStructure(applied, type, strict).length > 0 || validateStructure(live, type, strict).length > 0) {
    return undefined;
  }
  const comparison = compareObjects(applied, live, type);
  const unchanged = subtractFields(collectFields(applied, type), changedFields(comparison));
  return subtractFields(unchanged, comparison.removed);
}

/**
 * Returns the object with the annotation brought up to date, if it has one: client-side apply must not undo later
 * what server-side apply by `kubectl` did now (lastAppliedUpdater). Left out when annotations would grow too big.
 */
export function refreshLastApplied(object: ApiObject, applied: ApiObject): ApiObject {
  if (lastAppliedOf(object) === undefined) return object;
  const others = Object.entries(object.metadata.annotations ?? {}).filter(([name]) => name !== lastAppliedAnnotation);
  const text = `${printGoJson(withoutLastApplied(applied))}\n`;
  const size = [...others, [lastAppliedAnnotation, text] as const]
    .map(([name, value]) => Buffer.byteLength(name) + Buffer.byteLength(value))
    .reduce((sum, bytes) => sum + bytes, 0);
  const entries: (readonly [string, string])[] =
    size > annotationBytes ? others : [...others, [lastAppliedAnnotation, text]];
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(entries) } };
}

function withoutLastApplied(applied: ApiObject): JsonObject {
  const { annotations } = applied.metadata;
  if (annotations === undefined) return applied;
  const rest = Object.entries(annotations).filter(([name]) => name !== lastAppliedAnnotation);
  return { ...applied, metadata: { ...applied.metadata, annotations: Object.fromEntries(rest) } };
}
