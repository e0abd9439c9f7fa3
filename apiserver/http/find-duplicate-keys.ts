import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";

interface Level {
  /** Keys of an object, undefined inside a list. */
  readonly keys: Set<string> | undefined;
  /** Path of the object or list itself. */
  readonly path: string;
  key: string;
  index: number;
}

/**
 * Returns the paths of keys that an object of a JSON text has twice (`spec.ports[0].name`), each once. The text must have
 * been parsed before, into `value`: texts with as many keys as the value has are not looked at further.
 */
export function findDuplicateKeys(text: string, value: JsonValue): readonly string[] {
  if (countColons(text) === countKeys(value)) return [];
  const found = new Set<string>();
  const levels: Level[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\],]/gs;
  for (const [lexeme, colon] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (lexeme === "{" || lexeme === "[") {
      levels.push({ keys: lexeme === "{" ? new Set() : undefined, path: pathInside(level), key: "", index: 0 });
    } else if (lexeme === "}" || lexeme === "]") {
      levels.pop();
    } else if (lexeme === ",") {
      if (level !== undefined) level.index++;
    } else if (colon !== undefined && level?.keys !== undefined) {
      const key = String(JSON.parse(lexeme.slice(0, lexeme.lastIndexOf('"') + 1)));
      level.key = key;
      if (level.keys.has(key)) found.add(pathInside(level));
      level.keys.add(key);
    }
  }
  return [...found];
}

function pathInside(level: Level | undefined): string {
  if (level === undefined) return "";
  if (level.keys === undefined) return `${level.path}[${level.index}]`;
  return level.path === "" ? level.key : `${level.path}.${level.key}`;
}

/** Colons outside strings. */
function countColons(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/gs)) if (colon !== undefined) count++;
  return count;
}

function countKeys(value: JsonValue): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countKeys(item), 0);
  if (!isJsonObject(value)) return 0;
  return Object.values(value).reduce<number>((sum, item) => sum + 1 + countKeys(item), 0);
}
