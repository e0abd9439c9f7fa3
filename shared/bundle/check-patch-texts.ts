import type { ComparePatch } from "../api/deployment-options.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { Warn } from "./check-effects.ts";
import { type ValuePath, showPath } from "./decode-lenient.ts";
import { closestWord } from "./suggest-key.ts";

const ops = ["add", "ignore", "remove", "replace"];

/** Fields of conditions; kinds may have others, so that only what is close to one of these is doubted. */
const conditionFields = ["type", "status", "reason", "message", "observedGeneration", "lastTransitionTime"];

/** Warns of operations and JSON pointers of an entry of comparePatches at a path that are written wrongly. */
export function checkPatchTexts(
  { operations = [], jsonPointers = [] }: ComparePatch,
  path: ValuePath,
  warn: Warn,
): void {
  const checkPointer = (pointer: string, at: ValuePath): void => {
    if (pointer === "" || pointer.startsWith("/")) return;
    warn("VALUE_UNKNOWN", at, `${showPath(at)}: "${pointer}" is no JSON pointer: put "/" before it`);
  };
  for (const [index, pointer] of jsonPointers.entries()) checkPointer(pointer, [...path, "jsonPointers", index]);
  for (const [index, operation] of operations.entries()) {
    const at = [...path, "operations", index];
    checkPointer(operation.path ?? "", [...at, "path"]);
    const { op = "" } = operation;
    if (ops.includes(op)) continue;
    const near = closestWord(op, ops);
    const hint = near === undefined ? `ops are ${ops.join(", ")}` : `did you mean "${near}"?`;
    warn("VALUE_UNKNOWN", [...at, "op"], `${showPath([...at, "op"])} "${op}" is unknown: nothing is patched; ${hint}`);
  }
}

/** Warns of misspelt fields in the conditions that do not count for readiness: such an entry matches nothing. */
export function checkConditions({ ignore }: FleetYaml, warn: Warn): void {
  for (const [index, pairs] of (ignore?.conditions ?? []).entries()) {
    for (const key of Object.keys(pairs)) {
      const near = conditionFields.includes(key) ? undefined : closestWord(key, conditionFields);
      if (near === undefined) continue;
      const at = ["ignore", "conditions", index, key];
      warn("KEY_UNKNOWN", at, `${showPath(at)}: conditions have no such field; did you mean "${near}"?`);
    }
  }
}
