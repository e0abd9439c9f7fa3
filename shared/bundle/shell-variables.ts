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

/** Returns where values hold `${NAME}`, the first of each text, and what follows from it. */
export function shellVariables(value: JsonValue, path: ValuePath): ShellVariable[] {
  if (typeof value === "string") {
    const names = [...value.matchAll(/(?<![`"])\$\{([A-Za-z_][A-Za-z0-9_]*)\}/gu)].map(([, name = ""]) => name);
    const name = names.find((candidate) => !templateWords.has(candidate));
    return name === undefined ? [] : [{ path, message: messageFor(name) }];
  }
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => shellVariables(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => shellVariables(item, [...path, key]));
}

function messageFor(name: string): string {
  const variable = `\${${name}}`;
  return (
    `${variable} is a Go template here, not a variable of a shell, and fails on every cluster; write ` +
    `\${ .ClusterLabels.x } for a label, \${\`${variable}\`} for the text itself, or set helm.disablePreProcess`
  );
}
