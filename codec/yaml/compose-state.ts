import type { JsonValue } from "../json-value.ts";

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

/** A node with a name. */
export interface Anchor {
  /** Key text of a scalar, undefined where it cannot be a key. */
  readonly keyText: string | undefined;
  readonly places: YamlPlaces | undefined;
  /** Undefined while the anchored collection is still open. */
  value: JsonValue | undefined;
  /** Nodes in it; while open, the document's count at its start. */
  nodes: number;
}

/** A collection whose members are being read. */
export interface Frame {
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
  /** Where it begins, when it stands where a key must. */
  readonly keyOffset: number | undefined;
  badKey: BadKey | undefined;
}

/** A key that sigs.k8s.io/yaml refuses once it has its value. */
export interface BadKey {
  readonly offset: number;
  readonly key: JsonValue;
}

/** State of reading one document. */
export interface Composing {
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
export interface MergeSource {
  readonly value: JsonValue;
  readonly places: YamlPlaces | undefined;
}
