import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import type { YamlDocument } from "../../codec/parse-yaml.ts";
import type { SourcePosition } from "../errors.ts";
import type { ValuePath } from "./decode-lenient.ts";

/**
 * Returns where the value at a path of a document stands, or else the nearest value around it. A step may be written in another
 * letter case, as decoding takes keys; one written alike goes first. 1:1 without any.
 */
export function locateValue(document: YamlDocument | undefined, path: ValuePath, file: string): SourcePosition {
  const written = document === undefined ? [] : writtenPath(document.value, path);
  for (let length = written.length; length > 0; length--) {
    const found = document?.positionOf(written.slice(0, length));
    if (found !== undefined) return { file, line: found.line, column: found.column };
  }
  return { file, line: 1, column: 1 };
}

/** Returns a path in the letter case of the document, as far as it leads. */
function writtenPath(value: JsonValue | undefined, [step, ...rest]: ValuePath): ValuePath {
  if (step === undefined) return [];
  if (Array.isArray(value)) {
    const item: JsonValue | undefined = value[Number(step)];
    return item === undefined ? [] : [step, ...writtenPath(item, rest)];
  }
  if (!isJsonObject(value)) return [];
  let longest: ValuePath = [];
  for (const key of keysLike(String(step), Object.keys(value))) {
    const found = [key, ...writtenPath(value[key], rest)];
    if (found.length > longest.length) longest = found;
  }
  return longest;
}

function keysLike(name: string, keys: readonly string[]): string[] {
  const folded = name.toLowerCase();
  const others = keys.filter((key) => key !== name && key.toLowerCase() === folded);
  return keys.includes(name) ? [name, ...others] : others;
}
