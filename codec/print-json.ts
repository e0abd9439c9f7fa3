/** How `printJson` prints. */
export interface PrintJsonOptions {
  /** Spaces per level; 0 or absent: all on one line. */
  readonly indent?: number;
  /** Keys in order of their UTF-16 units instead of as they come. */
  readonly sortKeys?: boolean;
}

/**
 * Returns a value as JSON text, a `bigint` as its digits. As in `JSON.stringify`, members that are `undefined` are left
 * out, and what no JSON can hold (NaN, infinity) is `null`. Throws a `TypeError` for cycles.
 */
export function printJson(value: unknown, options: PrintJsonOptions = {}): string {
  const indent = options.indent ?? 0;
  if (options.sortKeys !== true) {
    try {
      return JSON.stringify(value, undefined, indent) ?? "null";
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return print(value, { indent, sortKeys: options.sortKeys === true, parents: [] });
}

interface Printing {
  readonly indent: number;
  readonly sortKeys: boolean;
  readonly parents: object[];
}

function print(value: unknown, state: Printing): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if ("toJSON" in value && typeof value.toJSON === "function") return print(value.toJSON(), state);
  if (state.parents.includes(value)) throw new TypeError("cannot print a value that contains itself");
  state.parents.push(value);
  const text = Array.isArray(value) ? printList(value, state) : printObject(value, state);
  state.parents.pop();
  return text;
}

function printList(list: readonly unknown[], state: Printing): string {
  return bracket(
    list.map((item) => print(item, state)),
    { open: "[", close: "]", state },
  );
}

function printObject(object: object, state: Printing): string {
  const colon = state.indent > 0 ? ": " : ":";
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && typeof value !== "function");
  if (state.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return bracket(
    entries.map(([key, value]) => `${JSON.stringify(key)}${colon}${print(value, state)}`),
    { open: "{", close: "}", state },
  );
}

function bracket(parts: readonly string[], around: { open: string; close: string; state: Printing }): string {
  const { open, close, state } = around;
  if (parts.length === 0) return open + close;
  if (state.indent === 0) return open + parts.join(",") + close;
  const outer = `\n${" ".repeat(state.indent * (state.parents.length - 1))}`;
  const inner = `${outer}${" ".repeat(state.indent)}`;
  return open + inner + parts.join(`,${inner}`) + outer + close;
}
