import { type FormatFlags, noFlags, padText } from "./format-flags.ts";
import { formatFloatVerb } from "./format-float.ts";
import { formatInteger } from "./format-integer.ts";
import { formatHex, formatText } from "./format-text.ts";
import { fromBytes, sortedKeys } from "./go-string.ts";
import { kindName, typeName } from "./go-type.ts";
import { GoComplex, GoInt, type GoMap, type GoValue, isGoMap, TypedMap, TypedSlice } from "./go-value.ts";
import { spendValues } from "./run-cost.ts";
import { printValue } from "./print-value.ts";

const floatVerbs: Readonly<Record<string, { readonly verb: string; readonly precision?: number }>> = {
  v: { verb: "g" },
  b: { verb: "b" },
  g: { verb: "g" },
  G: { verb: "G" },
  x: { verb: "x" },
  X: { verb: "X" },
  f: { verb: "f", precision: 6 },
  F: { verb: "f", precision: 6 },
  e: { verb: "e", precision: 6 },
  E: { verb: "E", precision: 6 },
};

/** Returns a value as Go's printf prints it for a verb; what does not fit comes out as `%!d(string=x)`. */
export function formatValue(value: GoValue, verb: string, flags: FormatFlags): string {
  if (value === undefined || value === null) {
    return verb === "v" || verb === "T" ? padText("<nil>", flags) : `%!${verb}(<nil>)`;
  }
  if (verb === "T") return formatText(typeName(value), "s", flags) ?? "";
  if (flags.sharpV === true && value instanceof Uint8Array && verb === "v") return byteSyntax(value, "[]byte", flags);
  return formatPart(value, verb, flags);
}

/** Go calls a list of bytes `[]byte` only when it is the argument itself. */
function byteSyntax(bytes: Uint8Array, type: string, flags: FormatFlags): string {
  const items = Array.from(bytes, (byte) => formatInteger(BigInt(byte), "x", { ...flags, sharp: true }) ?? "");
  return `${type}{${items.join(", ")}}`;
}

function formatPart(value: GoValue, verb: string, flags: FormatFlags): string {
  if (value === undefined || value === null) return flags.sharpV === true ? "interface {}(nil)" : "<nil>";
  return formatKnown(value, verb, flags) ?? badVerb(value, verb);
}

function badVerb(value: GoValue, verb: string): string {
  return `%!${verb}(${typeName(value)}=${printValue(value)})`;
}

function formatKnown(value: NonNullable<GoValue>, verb: string, flags: FormatFlags): string | undefined {
  spendValues(1);
  if (typeof value === "string") return formatText(value, verb, flags);
  if (typeof value === "boolean") return verb === "t" || verb === "v" ? padText(String(value), flags) : undefined;
  if (typeof value === "number") return formatFloat(value, verb, flags);
  if (value instanceof GoInt) return formatInt(value, verb, flags);
  if (isGoMap(value)) return formatMap(value, verb, flags);
  if (value instanceof Uint8Array) return formatBytes(value, verb, flags);
  if (Array.isArray(value)) return formatList(value, verb, flags);
  if (value instanceof GoComplex) return formatComplex(value, verb, flags);
  if (flags.sharpV === true && verb === "v") return value.goSyntax();
  const kind = kindName(value);
  if (kind === "int64" && verb === "d") return formatText(value.goString(), "s", flags);
  return formatText(flags.plusV === true ? value.namedString() : value.goString(), verb, flags);
}

function formatFloat(value: number, verb: string, flags: FormatFlags): string | undefined {
  const form = floatVerbs[verb];
  if (form === undefined) return undefined;
  const precision = flags.precision ?? form.precision;
  return formatFloatVerb(value, form.verb, precision === undefined ? flags : { ...flags, precision });
}

function formatInt(value: GoInt, verb: string, flags: FormatFlags): string | undefined {
  if (verb === "v" && flags.sharpV === true && value.kind.startsWith("u")) {
    return formatInteger(value.value, "x", { ...flags, sharp: true });
  }
  return formatInteger(value.value, verb, flags);
}

function formatComplex(value: GoComplex, verb: string, flags: FormatFlags): string | undefined {
  const real = formatFloat(value.real, verb, flags);
  const imaginary = formatFloat(value.imaginary, verb, { ...flags, plus: true });
  return real === undefined || imaginary === undefined ? undefined : `(${real}${imaginary}i)`;
}

function formatBytes(bytes: Uint8Array, verb: string, flags: FormatFlags): string | undefined {
  switch (verb) {
    case "s":
    case "q":
      return formatText(fromBytes(bytes), verb, flags);
    case "x":
    case "X":
      return formatHex(bytes, verb, flags);
    case "v":
    case "d": {
      if (flags.sharpV === true) return byteSyntax(bytes, "[]uint8", flags);
      return `[${Array.from(bytes, (byte) => formatInteger(BigInt(byte), "d", flags) ?? "").join(" ")}]`;
    }
    default:
      return undefined;
  }
}

function formatList(list: readonly GoValue[], verb: string, flags: FormatFlags): string {
  const parts = list.map((item) => formatPart(item, verb, flags));
  if (flags.sharpV !== true) return `[${parts.join(" ")}]`;
  const isNil = list instanceof TypedSlice && list.isNil;
  const type = list instanceof TypedSlice ? list.goType : "[]interface {}";
  return isNil ? `${type}(nil)` : `${type}{${parts.join(", ")}}`;
}

function formatMap(map: GoMap, verb: string, flags: FormatFlags): string {
  const parts = sortedKeys(map).map(
    (key) => `${formatPart(key, verb, flags)}:${formatPart(map.get(key), verb, flags)}`,
  );
  if (flags.sharpV !== true) return `map[${parts.join(" ")}]`;
  const isNil = map instanceof TypedMap && map.isNil;
  return isNil ? `${typeName(map)}(nil)` : `${typeName(map)}{${parts.join(", ")}}`;
}

/** Returns the values as Go's `fmt.Sprint`: with a blank between two that are no strings. */
export function sprint(values: readonly GoValue[]): string {
  let out = "";
  let afterString = true;
  for (const [index, value] of values.entries()) {
    const isString = typeof value === "string";
    if (index > 0 && !isString && !afterString) out += " ";
    out += formatValue(value, "v", noFlags);
    afterString = isString;
  }
  return out;
}
