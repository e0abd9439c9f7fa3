import { quoteString } from "../template/quote-string.ts";

/** What a schema finds wrong at one place of a value; `causes` are the faults that make it up. */
export interface SchemaFault {
  readonly at: readonly string[];
  readonly text: string;
  /** A group has no words of its own; a reference disappears where it has one cause. */
  readonly kind: "fault" | "group" | "reference";
  readonly causes: readonly SchemaFault[];
}

/** Returns faults as `- at '/replicas': got string, want integer`, one a line (jsonschema v6 of santhosh-tekuri, which Helm uses). */
export function printSchemaFault(fault: SchemaFault): string {
  const top = fault.kind === "group" ? fault.causes : [fault];
  return top.flatMap((one) => print(one, 0)).join("\n");
}

function print(fault: SchemaFault, indent: number): string[] {
  const { at, text, kind, causes } = fault;
  if (kind === "reference" && causes.length === 1) return causes.flatMap((cause) => print(cause, indent));
  const place = at.map((step) => `/${escapePointer(step)}`).join("");
  const line = `${"  ".repeat(indent)}- at ${quoteWord(place)}: ${text}`;
  return [line, ...causes.flatMap((cause) => print(cause, indent + 1))];
}

/** Returns a text as one step of a JSON pointer. */
export function escapePointer(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Returns a text in single quotes, escaped as Go does. */
export function quoteWord(text: string): string {
  const inner = quoteString(text).slice(1, -1);
  return `'${inner.replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`;
}

/** Returns texts in single quotes, with commas between. */
export function quoteWords(texts: readonly string[]): string {
  return texts.map(quoteWord).join(", ");
}
