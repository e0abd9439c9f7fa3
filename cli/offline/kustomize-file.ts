import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseYaml, type YamlDocument } from "../../codec/parse-yaml.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { Content } from "../../shared/api/content.ts";
import { cleanPath, joinPath } from "../../shared/bundle/repo-tree.ts";
import { readText } from "../../shared/render/raw/read-text.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { type ExplainStep, type OptionPath, valueAt } from "./explain-option.ts";
import type { ObjectName } from "./object-name.ts";

/** A field of an object that kustomize made. */
export interface KustomizedField {
  readonly wanted: ObjectName;
  readonly path: OptionPath;
  readonly rendered: JsonObject;
}

/** A file that a kustomization names. */
export interface KustomizeFile {
  /** Path in the bundle. */
  readonly name: string;
  readonly documents: readonly YamlDocument[];
}

/** One kustomization of a bundle. */
export interface Kustomization extends KustomizeFile {
  readonly content: Content;
  readonly dir: string;
  readonly value: JsonObject;
  /** How the object is called before this kustomization renames it, as far as names tell. */
  readonly field: KustomizedField;
}

const fileNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Returns the kustomization of a directory; undefined where there is none that can be read. */
export function readKustomization(content: Content, dir: string, field: KustomizedField): Kustomization | undefined {
  for (const name of fileNames) {
    const file = readFile(content, dir, name);
    const value = file?.documents[0]?.value;
    if (file !== undefined && value !== undefined && isJsonObject(value))
      return { ...file, content, dir, value, field };
  }
  return undefined;
}

/** Returns a file that stands beside a kustomization, by its relative path; undefined for what is no YAML in the bundle. */
export function readFile(content: Content, dir: string, name: string): KustomizeFile | undefined {
  const path = cleanPath(joinPath(dir, name));
  const resource = content.resources.find((one) => one.name === path && one.encoding === undefined);
  if (path === undefined || resource === undefined) return undefined;
  try {
    return { name: path, documents: parseYaml(readText(resource).text) };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** Returns a step at an entry of a kustomization. */
export function stepAt(file: KustomizeFile, path: OptionPath, step: Omit<ExplainStep, "position">): ExplainStep {
  return { ...step, position: positionIn(file, file.documents[0], path) };
}

/** Returns where a path stands in a document of a file, or the nearest above it. */
export function positionIn(file: KustomizeFile, document: YamlDocument | undefined, path: OptionPath): SourcePosition {
  const found = path.map((_, index) => document?.positionOf(path.slice(0, path.length - index)));
  const { line, column } = found.find((place) => place !== undefined) ??
    document?.positionOf([]) ?? { line: 1, column: 1 };
  return { file: file.name, line, column };
}

/** Keys by which items of lists are told apart. */
const itemKeys = ["name", "containerPort", "port", "mountPath", "key", "ip", "host"];

/**
 * Returns the path in a patch that means the same field as a path in the object: items of lists are found by what they
 * are called; undefined where the patch has no such field.
 */
export function pathInPatch(rendered: JsonObject, patch: JsonValue, path: OptionPath): OptionPath | undefined {
  const found: (string | number)[] = [];
  let whole: JsonValue | undefined = rendered;
  for (const step of path) {
    const part: JsonValue | undefined = valueAt(patch, found);
    const item: JsonValue | undefined = valueAt(whole, [step]);
    whole = item;
    if (!Array.isArray(part)) found.push(step);
    else found.push(part.findIndex((one: JsonValue) => item !== undefined && isSameItem(one, item)));
    if (valueAt(patch, found) === undefined) return undefined;
  }
  return found;
}

function isSameItem(one: JsonValue, other: JsonValue): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return stableJson(one) === stableJson(other);
  const key = itemKeys.find((candidate) => Object.hasOwn(one, candidate));
  return key !== undefined && stableJson(one[key] ?? null) === stableJson(other[key] ?? null);
}
