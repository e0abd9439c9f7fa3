/** How a node is written; `plain` is a scalar without marks, `block` and `flow` are for lists and maps. */
export type NodeStyle = "plain" | "single" | "double" | "literal" | "folded" | "block" | "flow";

/** A node of a YAML text with what values do not keep: style, order, comments. As `Node` of go-yaml v3. */
export interface YamlNode {
  kind: "document" | "map" | "list" | "scalar" | "alias";
  style: NodeStyle;
  /** A tag that was written, in full; empty when there was none. */
  tag: string;
  anchor: string;
  /** Text of a scalar, name of an alias. */
  value: string;
  /** Members; of a map key, value, key … */
  content: YamlNode[];
  /** Comments above, behind and below; lines begin with `#`. */
  head: string;
  line: string;
  foot: string;
}

/** Returns a node without comments. */
export function createNode(kind: YamlNode["kind"], style: NodeStyle, value = ""): YamlNode {
  return { kind, style, value, tag: "", anchor: "", content: [], head: "", line: "", foot: "" };
}

/** Returns whether a node is null by its text. */
export function isNullNode(node: YamlNode): boolean {
  if (node.kind !== "scalar") return false;
  if (node.tag !== "") return node.tag === "tag:yaml.org,2002:null";
  return node.style === "plain" && ["", "~", "null", "Null", "NULL"].includes(node.value);
}
