import { CodecError } from "../../../codec/codec-error.ts";
import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { parseJson } from "../../../codec/parse-json.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { type YamlChunk, splitYaml } from "../../../codec/split-yaml.ts";
import { type TextPosition, positionAt } from "../../../codec/text-position.ts";
import { isKubeObject } from "../../api/is-kube-object.ts";
import type { KubeObject } from "../../api/meta.ts";
import { AppError } from "../../errors.ts";
import type { RenderWarning } from "../render-warning.ts";
import { limitIntegers } from "./limit-integers.ts";
import type { RawFile } from "./read-text.ts";

/** Objects of a file, in its order, and what was left out. */
export interface ParsedManifests {
  readonly objects: readonly KubeObject[];
  readonly warnings: readonly RenderWarning[];
}

interface ManifestDocument {
  readonly value: JsonValue;
  /** Where the document begins; computed when asked. */
  readonly locate: () => TextPosition;
}

/**
 * Returns the objects of one manifest file as Fleet reads it: documents split, lists taken apart (lists in
 * lists are left to `flattenLists`), documents that begin with `{` read as JSON. A file with a document without `kind` is left out as a whole, an object without `apiVersion` is
 * left out; both with a warning. Throws `MANIFEST_INVALID` with file, line and column.
 */
export function parseManifests(file: RawFile): ParsedManifests {
  const documents: ManifestDocument[] = [];
  const warnings: RenderWarning[] = [];
  const warn = ({ line, column }: TextPosition, message: string): void =>
    void warnings.push({ code: "MANIFEST_IGNORED", message, position: { file: file.name, line, column } });
  // In order: Fleet stops at a document without kind, so that what follows it may even be broken.
  for (const document of readDocuments(file)) {
    const { value, locate } = document;
    if (isEmpty(value)) continue;
    if (!isJsonObject(value)) throw invalid(file.name, locate(), "a manifest must be a map");
    if (typeof value["kind"] !== "string" || value["kind"] === "") {
      warn(locate(), "a document without kind; the whole file is left out");
      return { objects: [], warnings };
    }
    documents.push(document);
  }
  const objects: KubeObject[] = [];
  for (const { value, locate } of documents) {
    for (const object of listItems(value)) {
      const { apiVersion, kind } = object;
      if (typeof apiVersion !== "string" || apiVersion === "" || typeof kind !== "string" || kind === "") {
        warn(locate(), "an object without apiVersion or kind is left out");
        continue;
      }
      const complete = toKubeObject(object, (reason) => invalid(file.name, locate(), reason));
      const lost = unreadableMaps(complete);
      objects.push(lost.length === 0 ? complete : withoutMaps(complete, lost));
      for (const { key, reason } of lost) warn(locate(), `metadata.${key} ${reason}`);
    }
  }
  return { objects, warnings };
}

/**
 * Returns the objects of a file of the repository: `parseManifests` with the last line ended, as the reader of
 * k8s.io/apimachinery does it (a block text at the very end gets its line break). Throws `MANIFEST_INVALID`.
 */
export function parseRawFile({ name, text }: RawFile): ParsedManifests {
  return parseManifests({ name, text: text.endsWith("\n") ? text : `${text}\n` });
}

function* readDocuments(file: RawFile): Generator<ManifestDocument> {
  try {
    for (const chunk of splitYaml(file.text, { file: file.name })) yield* readChunk(file, chunk);
  } catch (error) {
    if (error instanceof CodecError) throw invalid(file.name, error, error.reason);
    throw error;
  }
}

function readChunk(file: RawFile, chunk: YamlChunk): ManifestDocument[] {
  const blanks = chunk.text.length - chunk.text.trimStart().length;
  const start = (): TextPosition => positionAt(file.text, chunk.offset + blanks);
  const startsAt = (position: TextPosition): TextPosition => ({
    line: positionAt(file.text, chunk.offset).line + position.line - 1,
    column: position.column,
  });
  try {
    if (chunk.text.startsWith("{", blanks)) return [{ value: limitIntegers(parseJson(chunk.text)), locate: start }];
    return parseYaml(chunk.text).map((document) => ({
      value: limitIntegers(document.value),
      locate: () => startsAt(document.positionOf([]) ?? { line: 1, column: 1 }),
    }));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new CodecError({ ...startsAt(error), file: file.name, reason: error.reason });
  }
}

function isEmpty(value: JsonValue): boolean {
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** Returns the items of a list, with its kind where they name none; anything else is its own only item. */
function listItems(value: JsonValue): JsonObject[] {
  if (!isJsonObject(value)) return [];
  if (!Object.hasOwn(value, "items")) return [value];
  const items = Array.isArray(value["items"]) ? value["items"] : [];
  const kind = typeof value["kind"] === "string" ? value["kind"].replace(/List$/, "") : "";
  return items.filter(isJsonObject).map((item) => {
    const isBare = !Object.hasOwn(item, "kind") && !Object.hasOwn(item, "apiVersion");
    return isBare ? { ...item, kind, apiVersion: value["apiVersion"] ?? "" } : item;
  });
}

function toKubeObject(object: JsonObject, fault: (reason: string) => AppError): KubeObject {
  const complete = { ...object, metadata: object["metadata"] ?? {} };
  if (!isKubeObject(complete)) throw fault("metadata must be a map");
  for (const key of ["name", "namespace", "generateName"] as const) {
    const value: unknown = complete.metadata[key];
    if (value !== undefined && value !== null && typeof value !== "string") {
      throw fault(`metadata.${key} must be a string; put it in quotes`);
    }
  }
  return complete;
}

interface LostMap {
  readonly key: "labels" | "annotations";
  readonly reason: string;
}

/** Returns the maps of an object's metadata that no cluster would take; Fleet leaves out the whole map (`GetLabels` of apimachinery). */
function unreadableMaps({ metadata }: KubeObject): LostMap[] {
  return (["labels", "annotations"] as const).flatMap((key) => {
    const map: unknown = metadata[key];
    if (map === undefined || map === null) return [];
    if (!isJsonObject(map)) return [{ key, reason: `is no map, so that all ${key} are left out` }];
    const wrong = Object.entries(map).find(([, value]) => typeof value !== "string");
    if (wrong === undefined) return [];
    return [
      {
        key,
        reason: `holds a value that is no string, so that all ${key} are left out; put the value of ${wrong[0]} in quotes`,
      },
    ];
  });
}

function withoutMaps(object: KubeObject, lost: readonly LostMap[]): KubeObject {
  const kept = Object.entries(object.metadata).filter(([key]) => !lost.some((map) => map.key === key));
  return { ...object, metadata: Object.fromEntries(kept) };
}

function invalid(file: string, position: TextPosition, reason: string): AppError {
  const { line, column } = position;
  return new AppError("MANIFEST_INVALID", `${file}:${line}:${column}: ${reason}`, {
    verdict: "stalled",
    position: { file, line, column },
  });
}
