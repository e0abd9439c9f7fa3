import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonValue, isJsonObject } from "../codec/json-value.ts";
import { parseFirstYaml } from "../codec/parse-yaml.ts";
import { seededRandom } from "../test/conformance/helm/random-template.ts";

/** One value of a chart and where it stands. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: JsonValue;
}

const texts = [
  "",
  "text",
  "some: yaml\nmore: lines\n",
  "{{ .Release.Name }}-x",
  "1.2.3",
  "true",
  "é\u2028\"q'",
  "a,b",
  "10Gi",
];
const numbers = [0, 1, -1, 2.5, 8080, "7", 12_345_678_901, null];
const maps = [{ a: "b" }, { "x.y/z": "1", b: 2, c: true }, { n: { m: [1, "two"] } }, { enabled: true }, null];
const lists = [["x", "y"], [{ name: "n", value: "v" }], "text", [], null];

/** One text in six becomes a value of another type. */
const otherType = [true, false, false, false, false, false];

function leavesOf(value: JsonValue, path: readonly string[]): Leaf[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

function changed(value: JsonValue, pick: (from: readonly JsonValue[]) => JsonValue): JsonValue {
  if (typeof value === "boolean") return pick([!value, !value, !value, "yes", null]);
  if (typeof value === "string" && pick(otherType)) return pick([...numbers, ...maps, ...lists]);
  if (typeof value === "number" || typeof value === "bigint") return pick(numbers);
  if (typeof value === "string") return pick(texts);
  if (value === null) return pick([...texts, ...numbers, ...maps]);
  return Array.isArray(value) ? pick(lists) : pick(maps);
}

function nest(leaves: readonly Leaf[]): Record<string, JsonValue> {
  const top: Record<string, JsonValue> = {};
  for (const { path, value } of leaves) {
    let at = top;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      if (isJsonObject(next)) at = next;
      else at = at[key] = {};
    }
    const last = path.at(-1);
    if (last !== undefined) at[last] = value;
  }
  return top;
}

/**
 * Returns JSON for `--set-json` that changes values of a chart directory: every switch on, every switch off, then `count`
 * random changes, the same at every call. None for a chart without values of its own.
 */
export function changedValues(chart: string, count: number): string[] {
  const file = join(chart, "values.yaml");
  const value = existsSync(file) ? parseFirstYaml(readFileSync(file, "utf8"))?.value : undefined;
  if (value === undefined || !isJsonObject(value) || count === 0) return [];
  const leaves = leavesOf(value, []).filter(({ path }) => path.length > 0);
  const random = seededRandom(leaves.length);
  const pick = (from: readonly JsonValue[]): JsonValue => from[Math.floor(random() * from.length)] ?? null;
  const switches = leaves.filter((leaf) => typeof leaf.value === "boolean");
  const all = [true, false].map((state) => switches.map(({ path }) => ({ path, value: state })));
  const some = Array.from({ length: count }, (_, index) => {
    const share = 0.03 * (1 + (index % 4) ** 2);
    return leaves.filter(() => random() < share).map((leaf) => ({ path: leaf.path, value: changed(leaf.value, pick) }));
  });
  return [...all, ...some].map((change) => JSON.stringify(nest(change)));
}
