import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import type { ValuePath } from "./decode-lenient.ts";

/** A text of values that hardly was meant as a template. */
export interface ShellVariable {
  readonly path: ValuePath;
  readonly message: string;
}

/** Words that stand alone in a template and mean something. */
const templateWords = new Set([
  "end",
  "else",
  "break",
  "continue",
  "nil",
  "true",
  "false",
  "now",
  "uuidv4",
  "list",
  "dict",
]);

/** `${NAME}` and the forms of it that shells know: `${NAME:-default}`, `${NAME%.*}`; not behind a quote of a template. */
const variable = /(?<![`"])\$\{([A-Za-z_][A-Za-z0-9_]*)(?:[:?+#%/=^,@-][^{}`\n]*)?\}/gu;

/** Returns where values hold a shell's `${NAME}`, the first of each text, and what follows from it. */
export function shellVariables(value: JsonValue, path: ValuePath): ShellVariable[] {
  if (typeof value === "string") {
    const found = [...value.matchAll(variable)].find(([, name = ""]) => !templateWords.has(name));
    return found === undefined ? [] : [{ path, message: messageFor(found[0]) }];
  }
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => shellVariables(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => shellVariables(item, [...path, key]));
}

function messageFor(written: string): string {
  return (
    `${written} is a Go template here, not a variable of a shell, and fails on every cluster; write ` +
    `\${ .ClusterLabels.x } for a label, \${\`${written}\`} for the text itself, or set helm.disablePreProcess`
  );
}
