import { compareGoKeys } from "./compare-go-keys.ts";
import { chooseGoYamlStyle, printGoYamlNumber } from "./go-yaml-scalar.ts";
import {
  type GoYamlWriter,
  createGoYamlWriter,
  writeIndent,
  writeIndicator,
  writeLiteral,
  writePlain,
  writeQuoted,
} from "./go-yaml-writer.ts";

/**
 * Returns a JSON value as YAML, byte for byte what `Marshal` of sigs.k8s.io/yaml v1.6 prints (Helm's `toYaml` is that
 * without the last newline): keys in go-yaml's order, lists not indented below their key, lines broken after column 80.
 * A number that is an integer within uint64 is printed as digits. Members that are `undefined` are left out.
 */
export function printGoYaml(value: unknown): string {
  const writer = createGoYamlWriter();
  writeNode(writer, value, { inMapping: false });
  writeIndent(writer);
  return writer.text;
}

const dash = { needsBlank: true, isBlank: false, isIndention: true };
const colon = { needsBlank: false, isBlank: false, isIndention: false };
/** Keys longer than this, or with a line break, stand behind `? `. */
const maxSimpleKeyBytes = 128;

function writeNode(writer: GoYamlWriter, value: unknown, context: { readonly inMapping: boolean }): void {
  if (typeof value === "string") writeString(writer, value, false);
  else if (typeof value === "object" && value !== null) writeCollection(writer, value, context.inMapping);
  else inScalarIndent(writer, () => writePlain(writer, printPlain(value), true));
}

function printPlain(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return printGoYamlNumber(value);
  return typeof value === "boolean" ? String(value) : "null";
}

function writeCollection(writer: GoYamlWriter, value: object, inMapping: boolean): void {
  const members = Array.isArray(value) ? value : Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) {
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    writeIndicator(writer, open, { needsBlank: true, isBlank: true, isIndention: false });
    writeIndicator(writer, close, colon);
    return;
  }
  const outer = writer.indent;
  const isIndentless = Array.isArray(value) && inMapping && !writer.indention;
  writer.indent = outer < 0 ? 0 : outer + (isIndentless ? 0 : 2);
  if (Array.isArray(value)) writeItems(writer, value);
  else writeEntries(writer, Object.entries(value));
  writer.indent = outer;
}

function writeItems(writer: GoYamlWriter, items: readonly unknown[]): void {
  for (const item of items) {
    writeIndent(writer);
    writeIndicator(writer, "-", dash);
    writeNode(writer, item, { inMapping: false });
  }
}

function writeEntries(writer: GoYamlWriter, entries: readonly (readonly [string, unknown])[]): void {
  const present = entries.filter(([, member]) => member !== undefined);
  for (const [key, member] of present.sort(([a], [b]) => compareGoKeys(a, b))) {
    writeIndent(writer);
    if (isSimpleKey(key)) {
      writeString(writer, key, true);
      writeIndicator(writer, ":", colon);
    } else {
      writeIndicator(writer, "?", dash);
      writeString(writer, key, false);
      writeIndent(writer);
      writeIndicator(writer, ":", dash);
    }
    writeNode(writer, member, { inMapping: true });
  }
}

function isSimpleKey(key: string): boolean {
  if (/[\r\n\u0085\u2028\u2029]/.test(key)) return false;
  return key.length <= maxSimpleKeyBytes / 4 || new TextEncoder().encode(key).length <= maxSimpleKeyBytes;
}

function writeString(writer: GoYamlWriter, text: string, isKey: boolean): void {
  inScalarIndent(writer, () => {
    const style = chooseGoYamlStyle(text, isKey);
    if (style === "plain") writePlain(writer, text, !isKey);
    else if (style === "literal") writeLiteral(writer, text);
    else writeQuoted(writer, text, { quote: style === "single" ? "'" : '"', mayFold: !isKey });
  });
}

/** Runs a write with the indent at which a scalar goes on after a line break. */
function inScalarIndent(writer: GoYamlWriter, write: () => void): void {
  const outer = writer.indent;
  writer.indent = outer < 0 ? 2 : outer + 2;
  write();
  writer.indent = outer;
}
