import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseYaml, type YamlDocument } from "../../codec/parse-yaml.ts";
import { compileRegex } from "../../helm/functions/compile-regex.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { type ExplainStep, type OptionPath, valueAt } from "./explain-option.ts";
import { shownValue } from "./explain-value.ts";
import { type Kustomization, pathInPatch, positionIn, readFile } from "./kustomize-file.ts";
import { isNamed, type ObjectName } from "./object-name.ts";

/** A patch as it is written: its documents, and how a place in them is one in a file. */
interface Patch {
  readonly documents: readonly YamlDocument[];
  readonly positionOf: (document: YamlDocument, path: OptionPath) => SourcePosition;
  readonly target: JsonValue | undefined;
}

/** Returns a step for each patch of a kustomization that sets a field of an object literally, in their order. */
export function patchSteps(kustomization: Kustomization): readonly ExplainStep[] {
  return patchesOf(kustomization).flatMap((patch) =>
    patch.documents.flatMap((document) => stepsOf(patch, document, kustomization)),
  );
}

function stepsOf(patch: Patch, document: YamlDocument, { field }: Kustomization): ExplainStep[] {
  const { value } = document;
  if (Array.isArray(value)) {
    if (!isTarget(patch.target, field.wanted)) return [];
    return value.flatMap((operation: JsonValue, index) => {
      const set = valueOfOperation(operation, field.path);
      if (set === undefined) return [];
      return [{ rule: "JSON patch", position: patch.positionOf(document, [index]), ...shownValue(set.value) }];
    });
  }
  if (patch.target === undefined ? !isNamed(value, field.wanted) : !isTarget(patch.target, field.wanted)) return [];
  const path = pathInPatch(field.rendered, value, field.path);
  // What says which object a patch is for does not change it.
  if (path === undefined || ["apiVersion", "kind", "metadata.name"].includes(path.join("."))) return [];
  return [{ rule: "patch", position: patch.positionOf(document, path), ...shownValue(valueAt(value, path)) }];
}

function patchesOf(kustomization: Kustomization): Patch[] {
  const { value } = kustomization;
  const listed = (key: string): readonly JsonValue[] => {
    const list = value[key];
    return Array.isArray(list) ? list : [];
  };
  const merges = listed("patchesStrategicMerge").flatMap((entry, index) => {
    if (typeof entry !== "string") return [];
    return patchFrom(kustomization, {
      path: entry,
      patch: entry,
      at: ["patchesStrategicMerge", index],
      target: undefined,
    });
  });
  const others = ["patchesJson6902", "patches"].flatMap((key) =>
    listed(key).flatMap((entry, index) => {
      if (!isJsonObject(entry)) return [];
      const { path, patch, target } = entry;
      return patchFrom(kustomization, { path, patch, target, at: [key, index, "patch"] });
    }),
  );
  return [...merges, ...others];
}

interface PatchEntry {
  readonly path: JsonValue | undefined;
  readonly patch: JsonValue | undefined;
  readonly target: JsonValue | undefined;
  /** Where in the kustomization a patch that is written there stands. */
  readonly at: OptionPath;
}

function patchFrom(kustomization: Kustomization, { path, patch, target, at }: PatchEntry): Patch[] {
  const { content, dir } = kustomization;
  const file = typeof path === "string" ? readFile(content, dir, path) : undefined;
  if (file !== undefined) {
    const positionOf = (document: YamlDocument, inside: OptionPath) => positionIn(file, document, inside);
    return [{ documents: file.documents, target, positionOf }];
  }
  if (typeof patch !== "string" || !patch.includes("\n")) return [];
  const [own] = kustomization.documents;
  const start = positionIn(kustomization, own, at).line ?? 1;
  // A block of text begins in the line after its key; how far it is indented is not known.
  const positionOf = (document: YamlDocument, inside: OptionPath): SourcePosition => ({
    file: kustomization.name,
    line: start + (positionIn(kustomization, document, inside).line ?? 1),
  });
  return [{ documents: parsed(patch), target, positionOf }];
}

function parsed(text: string): readonly YamlDocument[] {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof CodecError) return [];
    throw error;
  }
}

/** Kustomize matches kinds and names of targets as whole patterns. */
function isTarget(target: JsonValue | undefined, { kind, name }: ObjectName): boolean {
  if (target === undefined || !isJsonObject(target)) return false;
  return isMatch(target["kind"], kind) && isMatch(target["name"], name);
}

function isMatch(pattern: JsonValue | undefined, text: string): boolean {
  if (typeof pattern !== "string" || pattern === text) return true;
  try {
    return compileRegex(pattern).matches(text);
  } catch (error) {
    if (error instanceof GoPanic) return false;
    throw error;
  }
}

/** What an operation says of a field: its value, or that it is gone. */
function valueOfOperation(
  operation: JsonValue,
  path: OptionPath,
): { readonly value: JsonValue | undefined } | undefined {
  if (!isJsonObject(operation) || typeof operation["path"] !== "string") return undefined;
  const { op, value } = operation;
  const pointer = operation["path"]
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (!pointer.every((step, index) => String(path[index]) === step)) return undefined;
  if (op === "remove") return { value: undefined };
  const inside = valueAt(value, path.slice(pointer.length));
  return (op === "add" || op === "replace") && inside !== undefined ? { value: inside } : undefined;
}
