import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { KubeObject } from "../api/meta.ts";
import { describeEntry, entryOf } from "./inventory-entry.ts";

/** An object whose lists name nothing twice, and what was left out for it. */
export interface Collapsed {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/** Lists of a pod that a create admits with the same key twice, where a server-side apply is refused: fields of the key, with their defaults. */
const containerLists: Readonly<Record<string, JsonObject>> = {
  env: { name: "" },
  ports: { containerPort: 0, protocol: "TCP" },
};
const podLists: Readonly<Record<string, JsonObject>> = { imagePullSecrets: { name: "" }, hostAliases: { ip: "" } };

/** Where kinds of Kubernetes have their pod. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  "/Pod": ["spec"],
  "/ReplicationController": ["spec", "template", "spec"],
  "apps/DaemonSet": ["spec", "template", "spec"],
  "apps/Deployment": ["spec", "template", "spec"],
  "apps/ReplicaSet": ["spec", "template", "spec"],
  "apps/StatefulSet": ["spec", "template", "spec"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "batch/Job": ["spec", "template", "spec"],
};

/**
 * Returns an object in whose pod no variable, port, pull secret or host alias stands twice, with a warning for each that did. A create
 * would store both, of which the last counts (https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#envvar-v1-core); a
 * server-side apply is refused, so that the last one alone is applied.
 */
export function collapseDuplicates(object: KubeObject): Collapsed {
  const { group, kind } = entryOf(object);
  const path = podPaths[`${group}/${kind}`];
  if (path === undefined) return { object, warnings: [] };
  const found: string[] = [];
  const collapsed = changeAt(object, path, (pod) => collapsePod(pod, found));
  if (found.length === 0) return { object, warnings: [] };
  const name = describeEntry(entryOf(object));
  const { apiVersion, metadata } = object;
  return {
    object: { ...collapsed, apiVersion, kind, metadata },
    warnings: found.map((what) => `${name}: ${what} stands more than once; the last one counts`),
  };
}

function collapsePod(pod: JsonObject, found: string[]): JsonObject {
  const lists = Object.entries(podLists).flatMap(([field, keys]) => collapsedField(pod, { field, keys, found }));
  const containers = ["containers", "initContainers"].flatMap((field): [string, JsonValue][] => {
    const items = pod[field];
    if (!Array.isArray(items)) return [];
    return [[field, items.map((item) => (isJsonObject(item) ? collapseContainer(item, found) : item))]];
  });
  return { ...pod, ...Object.fromEntries([...lists, ...containers]) };
}

function collapseContainer(container: JsonObject, found: string[]): JsonObject {
  const changed = Object.entries(containerLists).flatMap(([field, keys]) => {
    const own: string[] = [];
    const entries = collapsedField(container, { field, keys, found: own });
    found.push(...own.map((what) => `container ${textOf(container["name"])}: ${what}`));
    return entries;
  });
  return { ...container, ...Object.fromEntries(changed) };
}

interface KeyedList {
  readonly field: string;
  readonly keys: JsonObject;
  readonly found: string[];
}

function collapsedField(parent: JsonObject, { field, keys, found }: KeyedList): [string, JsonValue][] {
  const items = parent[field];
  if (!Array.isArray(items)) return [];
  const last = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item, keys, index);
    if (last.has(key)) found.push(`${field}: ${key}`);
    last.set(key, index);
  }
  if (last.size === items.length) return [];
  return [[field, items.filter((item, index) => last.get(keyOf(item, keys, index)) === index)]];
}

function keyOf(item: JsonValue, keys: JsonObject, index: number): string {
  // What is no map is left for the API server to refuse.
  if (!isJsonObject(item)) return `#${index}`;
  return Object.entries(keys)
    .map(([name, value]) => textOf(item[name] ?? value))
    .join("/");
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : stableJson(value ?? null);
}

function changeAt(
  value: Readonly<Record<string, unknown>>,
  [step, ...rest]: readonly string[],
  change: (pod: JsonObject) => JsonObject,
): Record<string, unknown> {
  const inner = step === undefined ? undefined : value[step];
  if (step === undefined || !isJsonObject(inner)) return value;
  return { ...value, [step]: rest.length === 0 ? change(inner) : changeAt(inner, rest, change) };
}
