import * as z from "zod";

import { fleetYamlSchema } from "../api/fleet-yaml.ts";
import { type ValuePath, showPath, unwrapSchema } from "./decode-lenient.ts";

/** Keys that people take from elsewhere, and what they are called in fleet.yaml. */
const foreignKeys: Readonly<Record<string, string>> = {
  targetnamespace: 'it is a key of the GitRepo; in fleet.yaml it is called "namespace"',
  releasenamespace: 'the release\'s namespace is "defaultNamespace" or "namespace" at the top level',
  clusterselectors: 'did you mean "clusterSelector"?',
  branch: "it is a key of the GitRepo",
  paths: "it is a key of the GitRepo",
  repo: "it is a key of the GitRepo, and of helm for the address of a chart repository",
  spec: "options stand at the top level of a fleet.yaml",
};

/** Keys at a place where people put them, and what follows or was meant. */
const misplacedKeys: Readonly<Record<string, string>> = {
  "helm.namespace": 'the namespace is "defaultNamespace" or "namespace" at the top level',
  "helm.set": 'write the values under "helm.values"',
  clustergroup: 'put it into an entry of "targetCustomizations"; the bundle goes wherever the GitRepo\'s targets say',
  clusterselector:
    'put it into an entry of "targetCustomizations"; the bundle goes wherever the GitRepo\'s targets say',
  donotdeploy: 'put it into an entry of "targetCustomizations"; as it stands the bundle is deployed',
  values: 'it is known as "helm.values"; as it stands the chart keeps its defaults',
  valuesfiles: 'it is known as "helm.valuesFiles"; as it stands the chart keeps its defaults',
  "targets[].labels": 'clusters are chosen by "clusterSelector.matchLabels"',
  "targetcustomizations[].labels": 'clusters are chosen by "clusterSelector.matchLabels"',
  "overridetargets[].labels": 'clusters are chosen by "clusterSelector.matchLabels"',
  "targets[].matchlabels": 'put it under "clusterSelector"; the entry matches by it only there',
  "targetcustomizations[].matchlabels": 'put it under "clusterSelector"; the entry matches by it only there',
  "overridetargets[].matchlabels": 'put it under "clusterSelector"; the entry matches by it only there',
  "dependson[].matchlabels": 'put it under "selector"',
  "dependson[].labels": 'write "selector.matchLabels"',
};

/** Key (lower case) → the places of a fleet.yaml that have it. */
const knownPlaces: ReadonlyMap<string, readonly string[]> = collectPlaces();

function collectPlaces(): Map<string, string[]> {
  const places = new Map<string, string[]>();
  const visit = (schema: z.core.$ZodType, prefix: string): void => {
    const inner = unwrapSchema(schema);
    if (inner instanceof z.ZodArray) visit(inner.element, `${prefix}[]`);
    if (!(inner instanceof z.ZodObject)) return;
    for (const [key, field] of Object.entries(inner.shape)) {
      const path = prefix === "" ? key : `${prefix}.${key}`;
      places.set(key.toLowerCase(), [...(places.get(key.toLowerCase()) ?? []), path]);
      visit(field, path);
    }
  };
  visit(fleetYamlSchema, "");
  return places;
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to another; stops counting above `limit`. */
export function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? limit + 1;
}

/** Returns the closest of the words, if one is close enough to be meant. */
export function closestWord(word: string, words: readonly string[]): string | undefined {
  const limit = word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance <= limit && distance < (best?.distance ?? limit + 1)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** Returns what was perhaps meant by an unknown key of fleet.yaml, as end of a sentence; "" without an idea. */
export function suggestKey(path: ValuePath, known: readonly string[]): string {
  const key = String(path.at(-1) ?? "");
  const misplaced =
    misplacedKeys[
      showPath(path)
        .replaceAll(/\[\d+\]/gu, "[]")
        .toLowerCase()
    ];
  if (misplaced !== undefined) return misplaced;
  const near = closestWord(key, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  const foreign = foreignKeys[key.toLowerCase()];
  if (foreign !== undefined) return foreign;
  const here = showPath(path.slice(0, -1)).replaceAll(/\[\d+\]/gu, "[]");
  const places = (knownPlaces.get(key.toLowerCase()) ?? []).toSorted((a, b) => closeness(b, here) - closeness(a, here));
  if (places[0] !== undefined) return `it is known as "${places[0]}", not here`;
  const anywhere = closestWord(key, [...knownPlaces.keys()]);
  const place = anywhere === undefined ? undefined : knownPlaces.get(anywhere)?.[0];
  return place === undefined ? "" : `did you mean "${place}"?`;
}

/** Places in the same branch first, then those nearest to the root, those that people hardly use last. */
function closeness(place: string, here: string): number {
  const near = place.startsWith(`${here}.`) ? 100 : 0;
  const seldom = place.startsWith("targets[]") ? 0.5 : 0;
  return near - seldom - place.split(".").length;
}
