import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  getScalarValue,
} from "js-yaml";
import { type JsonValue, isJsonObject } from "./json-value.ts";
import { type YamlScalar, resolveYamlScalar, yamlKeyText } from "./resolve-yaml-scalar.ts";
import { resolveYamlTag, yamlTagName } from "./resolve-yaml-tag.ts";
import { checkAliasing } from "./yaml-alias-limit.ts";
import { anchorName, eventOffset, writtenTag } from "./yaml-events.ts";

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

/** Thrown for text that is YAML in form but has no meaning; `offset` is where. */
export class ComposeFault extends Error {
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(reason);
    this.offset = offset;
  }
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
  readonly source: string;
  readonly track: boolean;
  readonly anchors: Map<string, Anchor>;
  readonly frames: Frame[];
  readonly duplicates: DuplicateKey[];
  readonly handles: Map<string, string>;
  value: JsonValue;
  place: YamlPlace | undefined;
  /** Where the node at hand begins. */
  offset: number;
  nodes: number;
  aliased: number;
}

/**
 * Returns the value of the first document of a stream of events as go-yaml v2 and sigs.k8s.io/yaml make it: a merge key
 * overrides what stands before it, of duplicate keys the last wins, keys become strings. Aliases share their value and
 * count against go-yaml's limit. Throws `ComposeFault`.
 */
export function composeYaml(source: string, events: readonly Event[], track = false): ComposedYaml {
  const state: Composing = {
    source,
    track,
    anchors: new Map(),
    frames: [],
    duplicates: [],
    handles: new Map(),
    value: null,
    place: undefined,
    offset: 0,
    nodes: 0,
    aliased: 0,
  };
  let documents = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      if (++documents > 1) break;
      for (const line of event.directives) if (line.kind === "tag") state.handles.set(line.handle, line.prefix);
    } else if (event.type === EVENT_ID.POP) {
      closeFrame(state);
    } else {
      state.nodes++;
      state.offset = eventOffset(event) ?? state.offset;
      if (track) trackNode(state);
      if (event.type === EVENT_ID.SCALAR) addScalar(state, event);
      else if (event.type === EVENT_ID.ALIAS) addAlias(state, event);
      else openFrame(state, event);
    }
  }
  return { value: state.value, duplicates: state.duplicates, place: state.place };
}

function trackNode(state: Composing): void {
  const frame = state.frames.at(-1);
  if (frame === undefined) {
    state.place = { offset: state.offset, children: undefined };
  } else if (frame.list !== undefined) {
    frame.place = { offset: state.offset, children: undefined };
    frame.places?.set(String(frame.list.length), frame.place);
  }
}

function addScalar(state: Composing, event: ScalarEvent): void {
  const frame = state.frames.at(-1);
  const isKey = frame !== undefined && wantsKey(frame);
  const text = getScalarValue(state.source, event);
  const written = writtenTag(state.source, event);
  if (isKey && text === "<<" && (written === undefined ? event.style === SCALAR_STYLE.PLAIN : isMergeTag(written))) {
    frame.isMerge = true;
    return;
  }
  const scalar = written === undefined ? resolvePlain(event, text) : resolveTagged(state, written, text);
  const name = anchorName(state.source, event);
  if (name !== undefined) {
    state.anchors.set(name, { keyText: yamlKeyText(scalar), places: undefined, value: scalar.value, nodes: 1 });
  }
  if (isKey) addKey(state, frame, yamlKeyText(scalar));
  else addValue(state, scalar.value, undefined);
}

function isMergeTag(written: string): boolean {
  return written === "!" || written === "!!merge";
}

function resolvePlain(event: ScalarEvent, text: string): YamlScalar {
  return event.style === SCALAR_STYLE.PLAIN ? resolveYamlScalar(text) : { type: "string", value: text };
}

function resolveTagged(state: Composing, written: string, text: string): YamlScalar {
  const scalar = resolveYamlTag(yamlTagName(written, state.handles), text);
  if (scalar.type === "refused") throw new ComposeFault(state.offset, scalar.reason);
  return scalar;
}

function addAlias(state: Composing, event: AliasEvent): void {
  const name = anchorName(state.source, event) ?? "";
  const anchor = state.anchors.get(name);
  if (anchor === undefined) throw new ComposeFault(state.offset, `unknown anchor ${JSON.stringify(name)}`);
  if (anchor.value === undefined)
    throw new ComposeFault(state.offset, `anchor ${JSON.stringify(name)} contains itself`);
  state.nodes += anchor.nodes;
  state.aliased += anchor.nodes;
  const excess = checkAliasing(state.nodes, state.aliased);
  if (excess !== undefined) throw new ComposeFault(state.offset, excess);
  const frame = state.frames.at(-1);
  if (frame !== undefined && wantsKey(frame)) addKey(state, frame, anchor.keyText);
  else if (frame?.isMerge === true && !isJsonObject(anchor.value)) throw notMergeable(state);
  else addValue(state, anchor.value, anchor.places);
}

function openFrame(state: Composing, event: MappingEvent | SequenceEvent): void {
  const parent = state.frames.at(-1);
  if (parent !== undefined && wantsKey(parent))
    throw new ComposeFault(state.offset, "a mapping or list cannot be a key");
  const places: YamlPlaces | undefined = state.track ? new Map() : undefined;
  const name = anchorName(state.source, event);
  let anchor: Anchor | undefined;
  if (name !== undefined) {
    anchor = { keyText: undefined, places, value: undefined, nodes: state.nodes };
    state.anchors.set(name, anchor);
  }
  const list = event.type === EVENT_ID.SEQUENCE ? [] : undefined;
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
    throw new ComposeFault(state.offset, "null, lists, mappings and integers above int64 cannot be keys");
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
    throw new ComposeFault(state.offset, `${value} has no JSON form; put it in quotes`);
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
    mergeList(state, frame, { value, places });
  } else if (frame.key !== undefined) {
    setMember(frame.map, frame.key, value);
    frame.key = undefined;
  }
}

function mergeList(state: Composing, frame: Frame, source: { value: JsonValue; places: YamlPlaces | undefined }): void {
  if (!Array.isArray(source.value)) {
    merge(state, frame, source);
    return;
  }
  for (const [index, value] of [...source.value.entries()].toReversed()) {
    merge(state, frame, { value, places: source.places?.get(String(index))?.children });
  }
}

function merge(state: Composing, frame: Frame, source: { value: JsonValue; places: YamlPlaces | undefined }): void {
  if (!isJsonObject(source.value)) throw notMergeable(state);
  frame.merged ??= new Set();
  for (const [key, member] of Object.entries(source.value)) {
    setMember(frame.map, key, member);
    frame.merged.add(key);
    const place = source.places?.get(key);
    if (place !== undefined) frame.places?.set(key, place);
  }
}

function notMergeable(state: Composing): ComposeFault {
  return new ComposeFault(state.offset, "<< takes a mapping or a list of mappings");
}

function setMember(map: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}
