import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { KubeObject } from "../api/meta.ts";
import { childNode, listKeys, readManagedFields, type PathStep } from "./managed-fields.ts";
import { comparableObject } from "./normalize-object.ts";

/** One value that differs; a side that has none is absent. */
export interface FieldDifference {
  readonly path: readonly PathStep[];
  readonly desired?: JsonValue;
  readonly live?: JsonValue;
}

interface Walk {
  readonly found: FieldDifference[];
}

interface Pair {
  readonly desired: unknown;
  readonly live: unknown;
  /** The FieldsV1 nodes here, of all managers of both sides: they say how the server keys a list. */
  readonly nodes: readonly JsonObject[];
  readonly path: readonly PathStep[];
}

/**
 * Returns the values in which two states of one object differ, apart from status and what the server writes itself.
 * `desired` is what a server-side dry run would make of `live`; lists that the server merges by key are compared by
 * key (their managedFields say which), others item by item when equally long, else as a whole.
 */
export function diffObject(desired: KubeObject, live: KubeObject): FieldDifference[] {
  const walk: Walk = { found: [] };
  const nodes = [live, desired].flatMap((object) => readManagedFields(object.metadata).map((entry) => entry.fields));
  compare(walk, { desired: comparableObject(desired), live: comparableObject(live), nodes, path: [] });
  return walk.found;
}

function compare(walk: Walk, pair: Pair): void {
  const { desired, live } = pair;
  if (desired === live) return;
  if (isJsonObject(desired) && isJsonObject(live)) compareObjects(walk, pair, [desired, live]);
  else if (Array.isArray(desired) && Array.isArray(live)) compareLists(walk, pair, [desired, live]);
  else if (stableJson(desired) !== stableJson(live)) walk.found.push(difference(pair));
}

function compareObjects(walk: Walk, pair: Pair, [desired, live]: readonly [JsonObject, JsonObject]): void {
  for (const name of new Set([...Object.keys(desired), ...Object.keys(live)])) {
    const step: PathStep = { type: "field", name };
    compare(walk, below(pair, step, [desired[name], live[name]]));
  }
}

function compareLists(
  walk: Walk,
  pair: Pair,
  [desired, live]: readonly [readonly unknown[], readonly unknown[]],
): void {
  if (stableJson(desired) === stableJson(live)) return;
  const keys = listKeys(pair.nodes);
  if (keys !== undefined) {
    compareKeyedLists(walk, pair, { keys, desired, live });
    return;
  }
  if (desired.length !== live.length) {
    walk.found.push(difference(pair));
    return;
  }
  for (const [index, item] of desired.entries()) {
    compare(walk, below(pair, { type: "index", index }, [item, live[index]]));
  }
}

interface KeyedLists {
  readonly keys: readonly string[];
  readonly desired: readonly unknown[];
  readonly live: readonly unknown[];
}

function compareKeyedLists(walk: Walk, pair: Pair, lists: KeyedLists): void {
  const desired = byKeys(lists.desired, lists.keys);
  const live = byKeys(lists.live, lists.keys);
  const before = walk.found.length;
  for (const id of new Set([...desired.keys(), ...live.keys()])) {
    const keys = desired.get(id)?.keys ?? live.get(id)?.keys ?? {};
    compare(walk, below(pair, { type: "item", keys }, [desired.get(id)?.item, live.get(id)?.item]));
  }
  // The same items in another order, or an item twice: only the whole shows it.
  if (walk.found.length === before) walk.found.push(difference(pair));
}

function byKeys(list: readonly unknown[], names: readonly string[]): Map<string, { keys: JsonObject; item: unknown }> {
  return new Map(
    list.map((item) => {
      const object = isJsonObject(item) ? item : {};
      const keys = Object.fromEntries(
        names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]])),
      );
      return [stableJson(keys), { keys, item }];
    }),
  );
}

function below(pair: Pair, step: PathStep, [desired, live]: readonly [unknown, unknown]): Pair {
  const nodes = pair.nodes.map((node) => childNode(node, step)).filter((node) => node !== undefined);
  return { desired, live, nodes, path: [...pair.path, step] };
}

function difference({ path, desired, live }: Pair): FieldDifference {
  return {
    path,
    ...(isJsonValue(desired) ? { desired } : {}),
    ...(isJsonValue(live) ? { live } : {}),
  };
}

function isJsonValue(value: unknown): value is JsonValue {
  return value !== undefined;
}
