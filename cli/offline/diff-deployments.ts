import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { RenderedDeployment } from "./render-all.ts";

/** One value that two revisions give differently; a side that has none is absent. */
export interface FieldChange {
  /** Such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What becomes of one object between two revisions. */
export interface ObjectChange {
  readonly bundle: string;
  readonly action: "created" | "changed" | "removed";
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Only of `changed`. */
  readonly fields: readonly FieldChange[];
}

/** Clusters for which two revisions differ in the same way. */
export interface ChangeGroup {
  readonly clusters: readonly string[];
  readonly changes: readonly ObjectChange[];
}

/** Returns what differs between two revisions for each cluster, clusters with the same change together; the largest group first. */
export function diffDeployments(
  before: readonly RenderedDeployment[],
  after: readonly RenderedDeployment[],
): readonly ChangeGroup[] {
  const groups = new Map<string, { clusters: string[]; changes: readonly ObjectChange[] }>();
  for (const cluster of new Set([...before, ...after].map((deployment) => deployment.cluster))) {
    const changes = changesOf(objectsOf(before, cluster), objectsOf(after, cluster));
    if (changes.length === 0) continue;
    const key = stableJson(changes);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { clusters: [cluster], changes });
    else group.clusters.push(cluster);
  }
  return [...groups.values()].toSorted((a, b) => b.clusters.length - a.clusters.length);
}

interface PlacedObject {
  readonly bundle: string;
  readonly object: JsonObject;
}

/** By bundle and identity; an object that stands twice counts once for each time. */
function objectsOf(deployments: readonly RenderedDeployment[], cluster: string): ReadonlyMap<string, PlacedObject> {
  const found = new Map<string, PlacedObject>();
  for (const { bundle, objects, cluster: own } of deployments) {
    if (own !== cluster) continue;
    for (const object of objects) {
      const { apiVersion, kind, namespace, name } = identityOf(object);
      const key = [bundle, apiVersion.replace(/\/.*/u, ""), kind, namespace, name].join("\n");
      let times = 0;
      while (found.has(`${key}\n${times}`)) times += 1;
      found.set(`${key}\n${times}`, { bundle, object });
    }
  }
  return found;
}

function changesOf(
  before: ReadonlyMap<string, PlacedObject>,
  after: ReadonlyMap<string, PlacedObject>,
): readonly ObjectChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((key): ObjectChange[] => {
    const [old, now] = [before.get(key), after.get(key)];
    const shown = now ?? old;
    if (shown === undefined) return [];
    const base = { bundle: shown.bundle, ...identityOf(shown.object) };
    if (old === undefined) return [{ ...base, action: "created", fields: [] }];
    if (now === undefined) return [{ ...base, action: "removed", fields: [] }];
    const fields = compareValues(old.object, now.object, "");
    return fields.length === 0 ? [] : [{ ...base, action: "changed", fields }];
  });
}

function compareValues(before: JsonValue | undefined, after: JsonValue | undefined, path: string): FieldChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => compareValues(before[name], after[name], path + printStep(name, path === "")));
  }
  if (isList(before) && isList(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_unused, index) =>
      compareValues(before[index], after[index], `${path}[${index}]`),
    ).flat();
  }
  if (before !== undefined && after !== undefined && printJson(before) === printJson(after)) return [];
  if (before === undefined && after === undefined) return [];
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** Returns the step of a path that leads to a key: `.name`, `["odd name"]`. */
export function printStep(name: string, first: boolean): string {
  if (!/^[\w-]+$/u.test(name)) return `["${name}"]`;
  return first ? name : `.${name}`;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function identityOf(object: JsonObject): Pick<ObjectChange, "apiVersion" | "kind" | "namespace" | "name"> {
  const { apiVersion, kind } = object;
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    namespace: textOf(metadata["namespace"]),
    name: textOf(metadata["name"]),
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
