import { createHash } from "node:crypto";

import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";

type Path = readonly (string | number)[];

/** Inside these everything counts, zero values too. */
function isVerbatim(path: Path): boolean {
  const parts = path.filter((part) => typeof part === "string");
  return parts.some((part, index) => part === "values" && parts[index - 1] === "helm");
}

function isKept(path: Path, value: JsonValue): boolean {
  const key = path.at(-1);
  if (key === "createNamespace" && value === false) return true;
  if (value === 0 && path.includes("rolloutStrategy")) return true;
  return isJsonObject(value) && typeof key === "string" && (key === "selector" || key.endsWith("Selector"));
}

function isZero(value: JsonValue): boolean {
  if (value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

/** Returns a spec or options without the values that mean the same as absent ones (README, Comparing 5). */
export function dropZeros(value: JsonValue, path: Path = []): JsonValue {
  if (isVerbatim(path)) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue, index) => dropZeros(item, [...path, index]));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, key];
    const next = dropZeros(item, at);
    return isZero(next) && !isKept(at, next) ? [] : [[key, next] as const];
  });
  return Object.fromEntries(entries);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Returns the differences between two values, each as `path: expected …, got …`; `<varies>` equals anything. */
export function differences(expected: JsonValue | undefined, actual: JsonValue | undefined, path = ""): string[] {
  if (expected === "<varies>") return [];
  if (isNumber(expected) && isNumber(actual) && Number(expected) === Number(actual)) {
    const exact = typeof expected === typeof actual ? expected === actual : BigInt(expected) === BigInt(actual);
    if (exact) return [];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => differences(expected[index], actual[index], `${path}[${index}]`)).flat();
  }
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`));
  }
  if (expected === actual) return [];
  const show = (value: JsonValue | undefined): string =>
    (JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? "nothing").slice(0, 200);
  return [`${path}: expected ${show(expected)}, got ${show(actual)}`];
}

/** Returns an actual Bundle in the form of the recording: large content as length and hash, volatile content hidden. */
export function likeRecorded(actual: JsonObject, volatile: readonly string[]): JsonObject {
  const { spec } = actual;
  if (!isJsonObject(spec) || !Array.isArray(spec["resources"])) return actual;
  const patterns = volatile.map((pattern) => new RegExp(`(?:^|/)(?:${pattern})$`, "u"));
  const resources = spec["resources"].filter(isJsonObject).map((resource): JsonObject => {
    const { name, content, ...rest } = resource;
    if (typeof name === "string" && patterns.some((pattern) => pattern.test(name))) {
      const hidden = rest["contentBase64"] === undefined ? { content: "<varies>" } : { contentBase64: "<varies>" };
      return { ...rest, name, ...hidden };
    }
    if (typeof content !== "string" || Buffer.byteLength(content) <= 20_000) return resource;
    const hash = createHash("sha256").update(content).digest("hex");
    return { ...rest, name: name ?? "", contentLength: Buffer.byteLength(content), contentSha256: hash };
  });
  return { ...actual, spec: { ...spec, resources } };
}

/** Returns the differences between the documents of bundles.yaml. */
export function compareBundles(expected: readonly JsonObject[], actual: readonly JsonObject[]): string[] {
  const key = (document: JsonObject): string => {
    const { metadata } = document;
    return `${String(document["kind"])} ${isJsonObject(metadata) ? String(metadata["name"]) : ""}`;
  };
  const sorted = (documents: readonly JsonObject[]): JsonObject[] => documents.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const [left, right] = [sorted(expected), sorted(actual)];
  const names = differences(left.map(key), right.map(key), "names");
  if (names.length > 0) return names;
  return left.flatMap((document, index) => {
    const other = right[index] ?? {};
    return [
      ...differences(dropZeros(document["metadata"] ?? null), dropZeros(other["metadata"] ?? null), `${key(document)} metadata`),
      ...differences(dropZeros(document["spec"] ?? null), dropZeros(other["spec"] ?? null), `${key(document)} spec`),
    ];
  });
}

/** Bundles whose content name hangs on the exact bytes of Fleet's compressor. */
export function hasUnstableContent(bundle: JsonObject): boolean {
  const { spec } = bundle;
  const resources = isJsonObject(spec) && Array.isArray(spec["resources"]) ? spec["resources"] : [];
  return resources.filter(isJsonObject).some((resource) => ["encoding", "contentLength", "contentBase64"].some((key) => key in resource));
}

/** Returns the differences between entries of targets.yaml. */
export function compareTargets(expected: readonly JsonObject[], actual: readonly JsonObject[]): string[] {
  const key = (entry: JsonObject): string => `${String(entry["bundle"])} on ${String(entry["cluster"])}`;
  const sorted = (entries: readonly JsonObject[]): JsonObject[] => entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const clean = (entry: JsonObject): JsonValue => {
    const { deployment, customizations, ...rest } = entry;
    const list = customizations === undefined ? {} : { customizations };
    if (!isJsonObject(deployment)) return { ...rest, ...list, deployment: deployment ?? null };
    const { promoted, labels, ...fields } = deployment;
    return { ...rest, ...list, deployment: { promoted: promoted ?? null, labels: labels ?? {}, ...Object(dropZeros(fields)) } };
  };
  const [left, right] = [sorted(expected), sorted(actual)];
  const names = differences(left.map(key), right.map(key), "entries");
  if (names.length > 0) return names;
  return left.flatMap((entry, index) => differences(clean(entry), clean(right[index] ?? {}), key(entry)));
}
