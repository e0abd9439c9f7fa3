import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";

/**
 * Returns every path of a FieldsV1 tree, written as the API server writes the field of a conflict:
 * `.spec.template.spec.containers[name="app"].image` (structured-merge-diff's `Path.String`).
 */
export function fieldPaths(fields: JsonObject): ReadonlySet<string> {
  const paths = new Set<string>();
  collect(fields, "", paths);
  return paths;
}

function collect(node: JsonObject, prefix: string, paths: Set<string>): void {
  for (const [name, child] of Object.entries(node)) {
    if (name === ".") continue;
    const path = prefix + printElement(name);
    paths.add(path);
    if (isJsonObject(child)) collect(child, path, paths);
  }
}

function printElement(name: string): string {
  const text = name.slice(2);
  if (name.startsWith("f:")) return `.${text}`;
  if (name.startsWith("v:")) return `[=${text}]`;
  if (name.startsWith("i:")) return `[${text}]`;
  const keys: unknown = JSON.parse(text);
  if (!isJsonObject(keys)) return `[${text}]`;
  const pairs = Object.entries(keys).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `[${pairs.map(([key, value]) => `${key}=${stableJson(value)}`).join(",")}]`;
}
