import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ComparePatch } from "../api/deployment-options.ts";
import { isKubeObject } from "../api/is-kube-object.ts";
import type { KubeObject, ObjectRef } from "../api/meta.ts";
import { refOf } from "./inventory-entry.ts";
import { changeAt, parsePointer, type PointerChange } from "./json-pointer.ts";
import type { NameExpressions } from "./name-expressions.ts";

/** A bundle's `diff.comparePatches`, ready for use. */
export interface IgnoreRules {
  /** Returns one side of a comparison without what the rules take out of it. */
  apply(object: KubeObject): KubeObject;
  /** Returns whether what a field manager wrote into the object is no drift (`fieldManagers`). */
  ignoredWriters(ref: ObjectRef): (manager: string) => boolean;
  /** Returns whether a missing object is not to be reported (`op: ignore`). */
  ignoresMissing(ref: ObjectRef): boolean;
}

/**
 * Returns the rules of `diff.comparePatches` as Fleet reads them: `jsonPointers` (and `fieldManagers`, which are ours) match
 * kind and group as globs with the version ignored, empty name and namespace match any; `operations` match exactly, and take effect on a side only when
 * all of them can. The names of `op: ignore` are regular expressions: `nameExpressions` of the same patches reads them.
 */
export function ignoreRules(patches: readonly ComparePatch[] = [], expressions?: NameExpressions): IgnoreRules {
  return {
    apply: (object) => {
      const ref = refOf(object);
      let changed = object;
      for (const patch of patches) {
        if (matchesPointers(patch, ref)) changed = removePointers(changed, patch.jsonPointers ?? []);
        if (matchesOperations(patch, ref)) changed = runOperations(changed, patch);
      }
      return changed;
    },
    ignoredWriters: (ref) => {
      const managers = patches.flatMap((patch) => (matchesPointers(patch, ref) ? (patch.fieldManagers ?? []) : []));
      return (manager) => managers.some((glob) => matchesGlob(glob, manager));
    },
    ignoresMissing: (ref) => patches.some((patch) => hasIgnore(patch) && matchesIgnored(patch, ref, expressions)),
  };
}

function hasIgnore(patch: ComparePatch): boolean {
  return (patch.operations ?? []).some((operation) => operation.op === "ignore");
}

function matchesPointers(patch: ComparePatch, ref: ObjectRef): boolean {
  return (
    matchesGlob(groupOf(patch.apiVersion ?? ""), groupOf(ref.apiVersion)) &&
    matchesGlob(patch.kind ?? "", ref.kind) &&
    matchesOrEmpty(patch.namespace, ref.namespace) &&
    matchesOrEmpty(patch.name, ref.name)
  );
}

function matchesOperations(patch: ComparePatch, ref: ObjectRef): boolean {
  const sameKind = patch.apiVersion === ref.apiVersion && patch.kind === ref.kind;
  return sameKind && (patch.namespace ?? "") === ref.namespace && patch.name === ref.name;
}

/** Fleet drops an entry whose name is no expression, also for the object that has this very name. */
function matchesIgnored(patch: ComparePatch, ref: ObjectRef, expressions: NameExpressions | undefined): boolean {
  if (patch.apiVersion !== ref.apiVersion || patch.kind !== ref.kind) return false;
  if ((patch.namespace ?? "") !== ref.namespace) return false;
  const name = patch.name ?? "";
  if (expressions === undefined) return name === "" || name === ref.name;
  const matches = expressions(name);
  return matches !== undefined && (name === ref.name || matches(ref.name));
}

function matchesOrEmpty(wanted: string | undefined, value: string): boolean {
  return wanted === undefined || wanted === "" || wanted === value;
}

/** Matches `*` (any text) and `?` (one character), as the globs of Argo CD's normalizer that Fleet took over. */
function matchesGlob(glob: string, text: string): boolean {
  const [first = "", ...parts] = glob.split("*");
  if (parts.length === 0) return sameWithWildcards(first, text);
  const last = parts.pop() ?? "";
  if (text.length < first.length + last.length) return false;
  if (!sameWithWildcards(first, text.slice(0, first.length))) return false;
  if (!sameWithWildcards(last, text.slice(text.length - last.length))) return false;
  let from = first.length;
  for (const part of parts) {
    const at = indexWithWildcards(text, part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}

function sameWithWildcards(glob: string, text: string): boolean {
  return (
    glob.length === text.length && glob.split("").every((character, at) => character === "?" || character === text[at])
  );
}

function indexWithWildcards(text: string, part: string, from: number): number {
  for (let at = from; at + part.length <= text.length; at++) {
    if (sameWithWildcards(part, text.slice(at, at + part.length))) return at;
  }
  return -1;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function removePointers(object: KubeObject, pointers: readonly string[]): KubeObject {
  let changed = object;
  for (const pointer of pointers) changed = changeObject(changed, pointer, { op: "remove" }) ?? changed;
  return changed;
}

function runOperations(object: KubeObject, patch: ComparePatch): KubeObject {
  let changed = object;
  for (const { op = "", path = "", value } of patch.operations ?? []) {
    if (op === "ignore") continue;
    const change = readChange(op, value);
    const next = change === undefined ? undefined : changeObject(changed, path, change);
    if (next === undefined) return object;
    changed = next;
  }
  return changed;
}

function readChange(op: string, value: string | undefined): PointerChange | undefined {
  if (op === "remove") return { op };
  if (op === "add" || op === "replace") return { op, value: value ?? "" };
  return undefined;
}

function changeObject(object: KubeObject, pointer: string, change: PointerChange): KubeObject | undefined {
  if (!isJsonObject(object)) return undefined;
  const result: JsonValue | undefined = changeAt(object, parsePointer(pointer), change);
  return isKubeObject(result) ? result : undefined;
}
