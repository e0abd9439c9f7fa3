import { formatFloat } from "../template/format-float.ts";
import { sortedKeys } from "../template/go-string.ts";
import { spendValues } from "../template/run-cost.ts";
import {
  GoComplex,
  GoInt,
  type GoMap,
  GoObject,
  GoPanic,
  type GoValue,
  isGoMap,
  TypedMap,
  TypedSlice,
} from "../template/go-value.ts";

/** How JSON is printed. */
export interface JsonTextOptions {
  /** Escapes `<`, `>` and `&`, as Go does unless told not to. */
  readonly escapeHtml: boolean;
  /** Prints each member on a line of its own, two blanks further in per level. */
  readonly pretty: boolean;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

const maxDepth = 1000;

/** Returns a value as Go's `encoding/json` prints it. Throws `GoPanic` for what JSON cannot hold. */
export function printGoJson(value: GoValue, options: JsonTextOptions): string {
  return print(value, { options, depth: 0 });
}

interface Printing {
  readonly options: JsonTextOptions;
  readonly depth: number;
}

function print(value: GoValue, state: Printing): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quote(value, state.options);
  if (typeof value === "number") return printFloat(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof GoInt) return value.value.toString();
  spendValues(1);
  if (state.depth > maxDepth) throw new GoPanic("json: unsupported value: encountered a cycle");
  const inner = { options: state.options, depth: state.depth + 1 };
  if (isGoMap(value)) {
    if (value instanceof TypedMap && value.isNil) return "null";
    return printMembers(value, sortedKeys(value), state);
  }
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("base64")}"`;
  if (Array.isArray(value)) {
    if (value instanceof TypedSlice && value.isNil) return "null";
    return bracket(
      value.map((item) => print(item, inner)),
      ["[", "]"],
      state,
    );
  }
  if (value instanceof GoComplex) throw new GoPanic("json: unsupported type: complex128");
  if (!(value instanceof GoObject)) return "null";
  const seen = value.toJsonValue();
  // Fields of a struct stand in its own order.
  return isGoMap(seen) ? printMembers(seen, [...seen.keys()], state) : print(seen, state);
}

function printMembers(map: GoMap, keys: readonly string[], state: Printing): string {
  const { options, depth } = state;
  const colon = options.pretty ? ": " : ":";
  const inner = { options, depth: depth + 1 };
  const parts = keys.map((key) => `${quote(key, options)}${colon}${print(map.get(key), inner)}`);
  return bracket(parts, ["{", "}"], state);
}

function bracket(parts: readonly string[], [open, close]: readonly [string, string], state: Printing): string {
  if (parts.length === 0 || !state.options.pretty) return open + parts.join(",") + close;
  const outer = `\n${"  ".repeat(state.depth)}`;
  return `${open}${outer}  ${parts.join(`,${outer}  `)}${outer}${close}`;
}

/** Go's JSON floats: plain from 1e-6 to below 1e21, else with a short exponent. */
function printFloat(value: number): string {
  if (!Number.isFinite(value)) throw new GoPanic(`json: unsupported value: ${formatFloat(value, "g")}`);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) return formatFloat(value, "e").replace(/e-0(\d)$/, "e-$1");
  return formatFloat(value, "f");
}

/** Characters that are escaped; what is no character from blank on is a control character. */
const special = {
  html: /["\\<>&\u2028\u2029\ud800-\udfff]|[^ -\uffff]/,
  plain: /["\\\u2028\u2029\ud800-\udfff]|[^ -\uffff]/,
} as const;
const escaped = { html: /["\\<>&\u2028\u2029]|[^ -\uffff]/g, plain: /["\\\u2028\u2029]|[^ -\uffff]/g } as const;

function quote(text: string, options: JsonTextOptions): string {
  const kind = options.escapeHtml ? "html" : "plain";
  if (!special[kind].test(text)) return `"${text}"`;
  const out = text
    .toWellFormed()
    .replaceAll(escaped[kind], (one) => escapes[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${text.isWellFormed() ? out : out.replaceAll("\ufffd", String.raw`\ufffd`)}"`;
}
