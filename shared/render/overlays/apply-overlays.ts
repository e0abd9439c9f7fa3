import { CodecError } from "../../../codec/codec-error.ts";
import { type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { printJson } from "../../../codec/print-json.ts";
import { AppError } from "../../errors.ts";
import { patchRulesOf } from "../built-in-kinds.ts";
import type { RawFile } from "../raw/read-text.ts";
import { JsonPatchError, applyJsonPatch } from "./json-patch.ts";
import { StrategicMergeError } from "./merge-directives.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicMerge } from "./strategic-merge.ts";

const overlayRoot = "overlays/";

/**
 * Returns a raw bundle's files with its overlays applied in order, as Fleet does: a file below `overlays/NAME/` replaces or
 * adds the one of its name; `x_patch.yaml` patches `x.yaml` (JSON patch for a list, strategic merge for built-in kinds,
 * JSON merge patch for others), which is then JSON. What lies below `overlays/` is left out. Replacements of an overlay
 * go before its patches. Throws `OVERLAY_INVALID`.
 */
export function applyOverlays(files: readonly RawFile[], overlays: readonly string[]): RawFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  for (const overlay of overlays) {
    const prefix = `${overlayRoot}${overlay}/`;
    const own = files.filter(({ name }) => name.startsWith(prefix));
    const patches = own.filter(({ name }) => patchTarget(name.slice(prefix.length)) !== undefined);
    for (const { name, text } of own) {
      const target = name.slice(prefix.length);
      if (patchTarget(target) === undefined) byName.set(target, { name: target, text });
    }
    for (const patch of patches) {
      const target = patchTarget(patch.name.slice(prefix.length)) ?? "";
      const base = byName.get(target);
      if (base === undefined) throw invalid(patch.name, `there is no file ${target} to patch`);
      byName.set(target, { name: target, text: printJson(applyPatchFile(base, patch)) });
    }
  }
  return [...byName.values()].filter(({ name }) => !name.startsWith(overlayRoot));
}

/** Returns the file that a patch file is for: its name with the first `_patch.` of its last part as a dot. */
function patchTarget(name: string): string | undefined {
  const slash = name.lastIndexOf("/") + 1;
  const base = name.slice(slash);
  return base.includes("_patch.") ? name.slice(0, slash) + base.replace("_patch.", ".") : undefined;
}

function applyPatchFile(base: RawFile, patch: RawFile): JsonValue {
  const original = readFirst(base);
  const change = readFirst(patch);
  try {
    if (Array.isArray(change)) return applyJsonPatch(original, change);
    if (!isJsonObject(change)) throw invalid(patch.name, "a patch must be a map or a list of operations");
    if (!isJsonObject(original)) throw invalid(patch.name, `${base.name} holds no map that could be patched`);
    const { apiVersion, kind } = original;
    const isTyped = typeof apiVersion === "string" && typeof kind === "string";
    const rules = isTyped ? patchRulesOf(apiVersion, kind) : undefined;
    return rules === undefined ? mergePatch(original, change) : strategicMerge(original, change, rules);
  } catch (error) {
    if (error instanceof JsonPatchError || error instanceof StrategicMergeError) {
      throw invalid(patch.name, `cannot patch ${base.name}: ${error.message}`);
    }
    throw error;
  }
}

/** Returns the first document, which is all that Fleet reads of a file that is patched or patches. */
function readFirst(file: RawFile): JsonValue {
  try {
    return parseYaml(file.text)[0]?.value ?? null;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const { line, column } = error;
    throw new AppError("OVERLAY_INVALID", `${file.name}:${line}:${column}: ${error.reason}`, {
      verdict: "stalled",
      position: { file: file.name, line, column },
    });
  }
}

function invalid(file: string, reason: string): AppError {
  return new AppError("OVERLAY_INVALID", `${file}: ${reason}`, {
    verdict: "stalled",
    position: { file, line: 1, column: 1 },
  });
}
