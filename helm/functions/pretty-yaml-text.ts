import { compareGoKeys } from "../../codec/compare-go-keys.ts";
import { isPlainGoYaml } from "../../codec/go-yaml-scalar.ts";
import { writeNodes } from "../../codec/yaml-node/write-nodes.ts";
import { createNode, type YamlNode } from "../../codec/yaml-node/yaml-node.ts";
import { formatFloat } from "../template/format-float.ts";
import { sortedKeys, toBytes } from "../template/go-string.ts";
import { typeName } from "../template/go-type.ts";
import { GoInt, GoObject, GoPanic, type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { spendValues } from "../template/run-cost.ts";
import { GoStruct } from "./objects/go-struct.ts";
import { GoCertificate } from "./crypto/go-certificate.ts";
import { GoDuration } from "./dates/go-duration.ts";
import { GoTime } from "./dates/go-time.ts";

const maxDepth = 1000;

/** Words that only YAML 1.1 takes for booleans; go-yaml v3 quotes them all the same. */
const oldBooleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/**
 * Returns a value as Helm's `toYamlPretty`: go-yaml v3 with two blanks, lists one step further in than their key, no
 * folding of long lines. Without the last line break. Throws `GoPanic` for what YAML cannot hold.
 */
export function prettyYamlText(value: GoValue): string {
  return writeNodes([nodeOf(value, 0)], { isCompact: false }).replace(/\n$/, "");
}

function nodeOf(value: GoValue, depth: number): YamlNode {
  if (depth > maxDepth) throw new GoPanic(`yaml: nested deeper than ${maxDepth} levels`);
  spendValues(1);
  if (isGoMap(value)) return mapNode(value, depth);
  if (Array.isArray(value)) {
    const items = value.map((item) => nodeOf(item, depth + 1));
    return { ...createNode("list", "block"), content: items };
  }
  if (value instanceof Uint8Array) {
    return { ...createNode("list", "block"), content: Array.from(value, (byte) => plain(String(byte))) };
  }
  if (typeof value === "string") return textNode(value);
  if (value instanceof GoObject) return objectNode(value, depth);
  return plain(scalarText(value));
}

function mapNode(map: GoMap, depth: number): YamlNode {
  const keys = sortedKeys(map).sort(compareGoKeys);
  return {
    ...createNode("map", "block"),
    content: keys.flatMap((key) => [textNode(key), nodeOf(map.get(key), depth + 1)]),
  };
}

/** Structs are written by their fields, in lower case; go-yaml knows nothing of tags for JSON. */
function objectNode(object: GoObject, depth: number): YamlNode {
  if (object instanceof GoTime) return plain(object.jsonText());
  if (object instanceof GoDuration) return textNode(object.goString());
  const fields =
    object instanceof GoStruct
      ? object.fields.filter(({ isHidden }) => isHidden !== true)
      : object instanceof GoCertificate
        ? [
            { name: "Cert", value: object.cert },
            { name: "Key", value: object.key },
          ]
        : undefined;
  if (fields === undefined) return nodeOf(object.toJsonValue(), depth + 1);
  return {
    ...createNode("map", "block"),
    content: fields.flatMap(({ name, value }) => [textNode(name.toLowerCase()), nodeOf(value, depth + 1)]),
  };
}

function plain(text: string): YamlNode {
  return createNode("scalar", "plain", text);
}

function textNode(text: string): YamlNode {
  if (!text.isWellFormed()) {
    return { ...plain(Buffer.from(toBytes(text)).toString("base64")), tag: "tag:yaml.org,2002:binary" };
  }
  if (text.includes("\n")) return createNode("scalar", "literal", text);
  return createNode("scalar", isPlainGoYaml(text) && !oldBooleans.test(text) ? "plain" : "double", text);
}

function scalarText(value: GoValue): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return floatText(value);
  if (value instanceof GoInt) return value.value.toString();
  throw new GoPanic(`cannot marshal type: ${typeName(value)}`);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return formatFloat(value, "g");
}
