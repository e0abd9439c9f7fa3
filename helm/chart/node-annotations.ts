import { writeNodes } from "../../codec/yaml-node/write-nodes.ts";
import { createNode, isNullNode, type YamlNode } from "../../codec/yaml-node/yaml-node.ts";

/** A node of another kind than an annotation can be put into. */
export class InvalidNode extends Error {
  constructor(node: YamlNode) {
    const kind = {
      document: "DocumentNode",
      map: "MappingNode",
      list: "SequenceNode",
      scalar: "ScalarNode",
      alias: "AliasNode",
    };
    const lines = writeNodes([node], { isCompact: true }).trim();
    super(`wrong node kind: expected MappingNode but got ${kind[node.kind]}: node contents:\n${lines}`);
    this.name = "InvalidNode";
  }
}

function rootOf(node: YamlNode): YamlNode {
  return node.kind === "document" ? (node.content[0] ?? node) : node;
}

/** Returns a member of a map; undefined when there is none, or no map. */
export function memberOf(map: YamlNode, name: string): YamlNode | undefined {
  if (map.kind !== "map") return undefined;
  const index = map.content.findIndex((key, at) => at % 2 === 0 && key.value === name);
  return index < 0 ? undefined : map.content[index + 1];
}

function expectMap(node: YamlNode): YamlNode {
  if (node.kind === "map" || isNullNode(node)) return node;
  throw new InvalidNode(node);
}

function removeMember(map: YamlNode, name: string, ifEmpty: boolean): void {
  expectMap(map);
  const index = map.content.findIndex((key, at) => at % 2 === 0 && key.value === name);
  if (index < 0 || (ifEmpty && (map.content[index + 1]?.content.length ?? 0) > 0)) return;
  map.content.splice(index, 2);
}

/** Annotations that are there and empty go, and so does metadata (kyaml: `ClearEmptyAnnotations`). */
function clearEmpty(root: YamlNode): void {
  const metadata = memberOf(expectMap(root), "metadata");
  if (metadata !== undefined && !isNullNode(metadata)) removeMember(metadata, "annotations", true);
  removeMember(root, "metadata", true);
}

function memberOrNew(map: YamlNode, name: string): YamlNode {
  const member = memberOf(expectMap(map), name);
  if (member !== undefined) return member;
  const made = createNode("map", "block");
  map.content.push(createNode("scalar", "plain", name), made);
  return made;
}

/** Returns an annotation of a document, empty when there is none. */
export function annotationOf(document: YamlNode, key: string): string {
  const metadata = memberOf(rootOf(document), "metadata");
  const annotations = metadata === undefined ? undefined : memberOf(metadata, "annotations");
  return (annotations === undefined ? undefined : memberOf(annotations, key))?.value ?? "";
}

/** Sets an annotation of a document in its place, or at the end. Throws `InvalidNode` where that cannot be. */
export function setAnnotation(document: YamlNode, key: string, value: string): void {
  const root = rootOf(document);
  clearEmpty(root);
  const annotations = expectMap(memberOrNew(memberOrNew(root, "metadata"), "annotations"));
  const index = annotations.content.findIndex((name, at) => at % 2 === 0 && name.value === key);
  const old = annotations.content[index + 1];
  if (index < 0 || old === undefined) {
    annotations.content.push(createNode("scalar", "plain", key), createNode("scalar", "single", value));
    return;
  }
  annotations.content[index + 1] = createNode("scalar", old.style, value);
}

/** Removes an annotation of a document, and what is empty then. Throws `InvalidNode` where there can be none. */
export function clearAnnotation(document: YamlNode, key: string): void {
  const root = rootOf(document);
  const metadata = memberOf(expectMap(root), "metadata");
  const annotations = metadata === undefined ? undefined : memberOf(metadata, "annotations");
  if (annotations !== undefined && !isNullNode(annotations)) removeMember(annotations, key, false);
  clearEmpty(root);
}
