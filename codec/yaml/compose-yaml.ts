import { type JsonValue, isJsonObject } from "../json-value.ts";
import { checkAliasing } from "./alias-limit.ts";
import { type NodeStart, parseDocument } from "./parse-document.ts";
import { type YamlScalar, resolveYamlScalar, yamlKeyText } from "./resolve-yaml-scalar.ts";
import { resolveYamlTag } from "./resolve-yaml-tag.ts";
import { YamlFault } from "./scanner.ts";

/** A key that stands twice in one mapping; `offset` is where the later one begins. */
export interface DuplicateKey {
  readonly path: readonly (string | number)[];
  readonly offset: number;
}

/** Where a node begins (a map entry at its key, a list item at its value) and where the nodes in it do. */
export interface YamlPlace {
  readonly offset: number;
  children: YamlPlaces | undefined;
}

/** Places by key, or by index of a list as text. */
export type YamlPlaces = Map<string, YamlPlace>;

/** One document's value, what was swallowed on the way, and with `track` the places of its nodes. */
export interface ComposedYaml {
  readonly value: JsonValue;
  readonly duplicates: readonly DuplicateKey[];
  readonly place: YamlPlace | undefined;
}

interface Anchor {
  /** Key text of a scalar, undefined where it cannot be a key. */
  readonly keyText: string | undefined;
  readonly places: YamlPlaces | undefined;
  /** Undefined while the anchored collection is still open. */
  value: JsonValue | undefined;
  /** Nodes in it; while open, the document's count at its start. */
  nodes: number;
}

interface Frame {
  readonly list: JsonValue[] | undefined;
  readonly map: Record<string, JsonValue>;
  readonly places: YamlPlaces | undefined;
  readonly anchor: Anchor | undefined;
  key: string | undefined;
  /** The next value is merged into `map`. */
  isMerge: boolean;
  /** Keys that came by merging: giving them again is no duplicate. */
  merged: Set<string> | undefined;
  /** Of the entry whose value comes next. */
  place: YamlPlace | undefined;
}

interface Composing {
  readonly track: boolean;
  readonly anchors: Map<string, Anchor>;
  readonly frames: Frame[];
  readonly duplicates: DuplicateKey[];
  value: JsonValue;
  place: YamlPlace | undefined;
  /** Where the node at hand begins. */
  offset: number;
  nodes: number;
  aliased: number;
}

/** A value that a mapping may take the members of. */
interface MergeSource {
  readonly value: JsonValue;
  readonly places: YamlPlaces | undefined;
}

/**
 * Returns the first document of a text as go-yaml v2 and sigs.k8s.io/yaml make it, undefined when it has no content: a
 * merge key overrides what stands before it, of duplicate keys the last wins, keys become strings. Aliases share their
 * value and count against go-yaml's limit. Throws `YamlFault`.
 */
export function composeYaml(text: string, track = false): ComposedYaml | undefined {
  const state: Composing = {
    track,
    anchors: new Map(),
    frames: [],
    duplicates: [],
    value: null,
    place: undefined,
    offset: 0,
    nodes: 0,
    aliased: 0,
  };
  const hasContent = parseDocument(text, {
    scalar: (node, value, isPlain) => addScalar(state, node, { text: value, isPlain }),
    alias: (offset, name) => addAlias(state, offset, name),
    open: (node, isList) => openFrame(state, node, isList),
    close: () => closeFrame(state),
  });
  return hasContent ? { value: state.value, duplicates: state.duplicates, place: state.place } : undefined;
}

function startNode(state: Composing, offset: number): Frame | undefined {
  const frame = state.frames.at(-1);
  state.nodes++;
  state.offset = offset;
  if (!state.track) return frame;
  const place = { offset, children: undefined };
  if (frame === undefined) {
    state.place = place;
  } else if (frame.list !== undefined) {
    frame.place = place;
    frame.places?.set(String(frame.list.length), place);
  }
  return frame;
}

function addScalar(state: Composing, node: NodeStart, given: { text: string; isPlain: boolean }): void {
  const frame = startNode(state, node.offset);
  const isKey = frame !== undefined && wantsKey(frame);
  if (isKey && given.text === "<<" && (node.tag === undefined ? given.isPlain : isMergeTag(node.tag))) {
    frame.isMerge = true;
    return;
  }
  const scalar = resolve(state, node, given);
  if (node.anchor !== undefined) {
    state.anchors.set(node.anchor, { keyText: yamlKeyText(scalar), places: undefined, value: scalar.value, nodes: 1 });
  }
  if (isKey) addKey(state, frame, yamlKeyText(scalar));
  else addValue(state, scalar.value, undefined);
}

function resolve(state: Composing, { tag }: NodeStart, given: { text: string; isPlain: boolean }): YamlScalar {
  if (tag === undefined) {
    return given.isPlain ? resolveYamlScalar(given.text) : { type: "string", value: given.text };
  }
  const scalar = resolveYamlTag(tag, given.text);
  if (scalar.type === "refused") throw new YamlFault(state.offset, scalar.reason);
  return scalar;
}

function isMergeTag(tag: string): boolean {
  return tag === "!" || tag === "tag:yaml.org,2002:merge";
}

function addAlias(state: Composing, offset: number, name: string): void {
  const frame = startNode(state, offset);
  const anchor = state.anchors.get(name);
  if (anchor === undefined) throw new YamlFault(offset, `unknown anchor ${JSON.stringify(name)}`);
  if (anchor.value === undefined) throw new YamlFault(offset, `anchor ${JSON.stringify(name)} contains itself`);
  state.nodes += anchor.nodes;
  state.aliased += anchor.nodes;
  const excess = checkAliasing(state.nodes, state.aliased);
  if (excess !== undefined) throw new YamlFault(offset, excess);
  if (frame !== undefined && wantsKey(frame)) addKey(state, frame, anchor.keyText);
  else if (frame?.isMerge === true && !isJsonObject(anchor.value)) throw notMergeable(state);
  else addValue(state, anchor.value, anchor.places);
}

function openFrame(state: Composing, node: NodeStart, isList: boolean): void {
  const parent = startNode(state, node.offset);
  if (parent !== undefined && wantsKey(parent)) throw new YamlFault(node.offset, "a mapping or list cannot be a key");
  const places: YamlPlaces | undefined = state.track ? new Map() : undefined;
  let anchor: Anchor | undefined;
  if (node.anchor !== undefined) {
    anchor = { keyText: undefined, places, value: undefined, nodes: state.nodes };
    state.anchors.set(node.anchor, anchor);
  }
  const list = isList ? [] : undefined;
  state.frames.push({
    list,
    map: {},
    places,
    anchor,
    key: undefined,
    isMerge: false,
    merged: undefined,
    place: undefined,
  });
}

function closeFrame(state: Composing): void {
  const frame = state.frames.pop();
  if (frame === undefined) return;
  const value = frame.list ?? frame.map;
  if (frame.anchor !== undefined) {
    frame.anchor.value = value;
    frame.anchor.nodes = state.nodes - frame.anchor.nodes + 1;
  }
  addValue(state, value, frame.places);
}

function wantsKey(frame: Frame): boolean {
  return frame.list === undefined && frame.key === undefined && !frame.isMerge;
}

function addKey(state: Composing, frame: Frame, key: string | undefined): void {
  if (key === undefined)
    throw new YamlFault(state.offset, "null, lists, mappings and integers above int64 cannot be keys");
  frame.key = key;
  if (frame.places !== undefined) {
    frame.place = { offset: state.offset, children: undefined };
    frame.places.set(key, frame.place);
  }
  if (!Object.hasOwn(frame.map, key) || frame.merged?.delete(key) === true) return;
  const path = state.frames.slice(0, -1).map((above) => above.list?.length ?? above.key ?? "<<");
  state.duplicates.push({ path: [...path, key], offset: state.offset });
}

function addValue(state: Composing, value: JsonValue, places: YamlPlaces | undefined): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new YamlFault(state.offset, `${value} has no JSON form; put it in quotes`);
  }
  const frame = state.frames.at(-1);
  const place = frame === undefined ? state.place : frame.place;
  if (place !== undefined && frame?.isMerge !== true) place.children = places;
  if (frame === undefined) {
    state.value = value;
  } else if (frame.list !== undefined) {
    frame.list.push(value);
  } else if (frame.isMerge) {
    frame.isMerge = false;
    mergeAll(state, frame, { value, places });
  } else if (frame.key !== undefined) {
    setMember(frame.map, frame.key, value);
    frame.key = undefined;
  }
}

function mergeAll(state: Composing, frame: Frame, source: MergeSource): void {
  if (!Array.isArray(source.value)) {
    merge(state, frame, source);
    return;
  }
  for (const [index, value] of [...source.value.entries()].toReversed()) {
    merge(state, frame, { value, places: source.places?.get(String(index))?.children });
  }
}

function merge(state: Composing, frame: Frame, source: MergeSource): void {
  if (!isJsonObject(source.value)) throw notMergeable(state);
  frame.merged ??= new Set();
  for (const [key, member] of Object.entries(source.value)) {
    setMember(frame.map, key, member);
    frame.merged.add(key);
    const place = source.places?.get(key);
    if (place !== undefined) frame.places?.set(key, place);
  }
}

function notMergeable(state: Composing): YamlFault {
  return new YamlFault(state.offset, "<< takes a mapping or a list of mappings");
}

function setMember(map: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}
