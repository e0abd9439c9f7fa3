import { formatGoFloat } from "../go-float.ts";
import { type JsonValue, isJsonObject } from "../json-value.ts";
import { checkAliasing } from "./alias-limit.ts";
import { type DocumentSink, type NodeStart, parseDocument } from "./parse-document.ts";
import { type YamlScalar, resolveYamlScalar, yamlKeyText } from "./resolve-yaml-scalar.ts";
import { resolveYamlTag } from "./resolve-yaml-tag.ts";
import type { YamlPlaces, ComposedYaml, Anchor, Frame, BadKey, Composing, MergeSource } from "./compose-state.ts";
import { findSyntaxFault } from "./find-syntax-fault.ts";
import { goKeyFault, goSyntax } from "./go-syntax.ts";
import { YamlFault } from "./yaml-fault.ts";

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
  const sink: DocumentSink = {
    scalar: (node, value, isPlain) => addScalar(state, node, { text: value, isPlain }),
    alias: (offset, name) => addAlias(state, offset, name),
    open: (node, isList) => openFrame(state, node, isList),
    close: () => closeFrame(state),
  };
  const hasContent = parseAll(text, sink);
  return hasContent ? { value: state.value, duplicates: state.duplicates, place: state.place } : undefined;
}

/** Parses a document; of one with several faults go-yaml tells one of its syntax first. */
function parseAll(text: string, sink: DocumentSink): boolean {
  try {
    return parseDocument(text, sink);
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw new YamlFault(error.offset, error.message, findSyntaxFault(text)?.go ?? error.go);
  }
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
  if (isKey) addKey(state, frame, { key: yamlKeyText(scalar), value: scalar.value });
  else addValue(state, scalar.value, undefined);
}

function resolve(state: Composing, { tag }: NodeStart, given: { text: string; isPlain: boolean }): YamlScalar {
  if (tag === undefined) {
    return given.isPlain ? resolveYamlScalar(given.text) : { type: "string", value: given.text };
  }
  const scalar = resolveYamlTag(tag, given.text);
  if (scalar.type === "refused") throw new YamlFault(state.offset, scalar.reason, scalar.go);
  return scalar;
}

function isMergeTag(tag: string): boolean {
  return tag === "!" || tag === "tag:yaml.org,2002:merge";
}

function addAlias(state: Composing, offset: number, name: string): void {
  const frame = startNode(state, offset);
  const anchor = state.anchors.get(name);
  if (anchor === undefined)
    throw new YamlFault(offset, `unknown anchor ${JSON.stringify(name)}`, `yaml: unknown anchor '${name}' referenced`);
  if (anchor.value === undefined)
    throw new YamlFault(
      offset,
      `anchor ${JSON.stringify(name)} contains itself`,
      `yaml: anchor '${name}' value contains itself`,
    );
  state.nodes += anchor.nodes;
  state.aliased += anchor.nodes;
  const excess = checkAliasing(state.nodes, state.aliased);
  if (excess !== undefined) throw new YamlFault(offset, excess, "yaml: document contains excessive aliasing");
  if (frame !== undefined && wantsKey(frame)) addKey(state, frame, { key: anchor.keyText, value: anchor.value });
  else if (frame?.isMerge === true && !isJsonObject(anchor.value)) throw notMergeable(state);
  else addValue(state, anchor.value, anchor.places);
}

function openFrame(state: Composing, node: NodeStart, isList: boolean): void {
  const parent = startNode(state, node.offset);
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
    keyOffset: parent !== undefined && wantsKey(parent) ? node.offset : undefined,
    badKey: undefined,
  });
}

function closeFrame(state: Composing): void {
  const frame = state.frames.pop();
  if (frame === undefined) return;
  const value = frame.list ?? frame.map;
  if (frame.keyOffset !== undefined) {
    const go = `yaml: invalid map key: ${goSyntax(value)}`;
    throw new YamlFault(frame.keyOffset, "a mapping or list cannot be a key", go);
  }
  if (frame.anchor !== undefined) {
    frame.anchor.value = value;
    frame.anchor.nodes = state.nodes - frame.anchor.nodes + 1;
  }
  addValue(state, value, frame.places);
}

function wantsKey(frame: Frame): boolean {
  return frame.list === undefined && frame.key === undefined && !frame.isMerge;
}

function addKey(
  state: Composing,
  frame: Frame,
  scalar: { readonly key: string | undefined; readonly value: JsonValue },
): void {
  const { key } = scalar;
  if (key === undefined) {
    frame.badKey = { offset: state.offset, key: scalar.value };
    frame.key = "";
    return;
  }
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
    throw new YamlFault(
      state.offset,
      `${value} has no JSON form; put it in quotes`,
      `json: unsupported value: ${formatGoFloat(value, { bits: 64 })}`,
    );
  }
  const frame = state.frames.at(-1);
  if (frame?.badKey !== undefined) throw badKey(frame.badKey, value);
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

function badKey(bad: BadKey, value: JsonValue): YamlFault {
  const reason = "null, lists, mappings and integers above int64 cannot be keys";
  return new YamlFault(bad.offset, reason, goKeyFault(bad.key, value));
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
  return new YamlFault(
    state.offset,
    "<< takes a mapping or a list of mappings",
    "yaml: map merge requires map or sequence of maps as the value",
  );
}

function setMember(map: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === "__proto__") {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    map[key] = value;
  }
}
