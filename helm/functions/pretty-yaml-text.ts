import { sortedKeys } from "../template/go-string.ts";
import { formatFloat } from "../template/format-float.ts";
import { GoInt, GoObject, GoPanic, type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { compareGoKeys } from "../../codec/compare-go-keys.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";

const maxDepth = 1000;

/** Words that only YAML 1.1 takes for booleans; go-yaml v3 quotes them all the same. */
const oldBooleans = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;

/**
 * Returns a value as Helm's `toYamlPretty`: go-yaml v3 with two blanks, lists one step further in than their key, no
 * folding of long lines. Without the last line break. Throws `GoPanic` for what YAML cannot hold.
 */
export function prettyYamlText(value: GoValue): string {
  const [first = "", ...rest] = lines(value, 0);
  // a block at the top is indented too
  const isBlockText = typeof value === "string" && first.startsWith("|");
  return [first, ...rest.map((line) => (isBlockText ? indented(line) : line))].join("\n");
}

function lines(value: GoValue, depth: number): string[] {
  if (depth > maxDepth) throw new GoPanic(`yaml: nested deeper than ${maxDepth} levels`);
  if (isGoMap(value)) return value.size === 0 ? ["{}"] : mapLines(value, depth);
  if (Array.isArray(value)) return value.length === 0 ? ["[]"] : value.flatMap((item) => itemLines(item, depth));
  if (value instanceof Uint8Array) return Array.from(value, (byte) => `- ${byte}`);
  if (value instanceof GoObject) return lines(value.toJsonValue(), depth + 1);
  return scalarLines(value);
}

function isBlock(value: GoValue): boolean {
  return (isGoMap(value) && value.size > 0) || (Array.isArray(value) && value.length > 0);
}

function mapLines(map: GoMap, depth: number): string[] {
  return sortedKeys(map)
    .sort(compareGoKeys)
    .flatMap((key) => {
      const value = map.get(key);
      const name = scalarLines(key).join(" ");
      const inner = lines(value, depth + 1);
      if (isBlock(value)) return [`${name}:`, ...inner.map((line) => indented(line))];
      return [`${name}: ${inner[0] ?? ""}`, ...inner.slice(1).map((line) => indented(line))];
    });
}

function itemLines(item: GoValue, depth: number): string[] {
  const [first = "", ...rest] = lines(item, depth + 1);
  return [`- ${first}`, ...rest.map((line) => indented(line))];
}

function indented(line: string): string {
  return line === "" ? line : `  ${line}`;
}

function scalarLines(value: GoValue): string[] {
  if (value === null || value === undefined) return ["null"];
  if (typeof value === "boolean") return [String(value)];
  if (typeof value === "number") return [floatText(value)];
  if (value instanceof GoInt) return [value.value.toString()];
  if (typeof value !== "string") throw new GoPanic("yaml: cannot marshal this value");
  return textLines(value);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return formatFloat(value, "g");
}

/** Strings are written as go-yaml v2 does, which folds what v3 leaves on one line. */
function textLines(text: string): string[] {
  if (oldBooleans.test(text)) return [JSON.stringify(text)];
  const plain = text.isWellFormed() ? text : text.toWellFormed();
  const printed = printGoYaml(plain).replace(/\n$/, "");
  if (!printed.includes("\n")) return [printed];
  if (printed.startsWith("|")) return dedent(printed.split("\n"));
  if (printed.startsWith('"')) return [JSON.stringify(plain)];
  if (printed.startsWith("'")) return [`'${plain.replaceAll("'", "''")}'`];
  return [plain];
}

/** The block's own indent is added again by what stands around it. */
function dedent(block: readonly string[]): string[] {
  const [head = "", ...body] = block;
  return [head, ...body.map((line) => line.replace(/^ {2}/, ""))];
}
