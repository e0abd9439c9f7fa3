import { quoteString } from "../template/quote-string.ts";

/** What is defined so far. */
interface Table {
  readonly members: Map<string, Table | "value">;
  /** Tables of a list; the last one is the one at hand. */
  items: Table[] | undefined;
  isImplicit: boolean;
}

/** Keys of a TOML text and the one being read. Reasons are the words of Go's reader. */
export interface TomlKeys {
  /** Returns the name of the key at hand, "" outside of any. */
  current(): string;
  openTable(parts: readonly string[], isArray: boolean): string | undefined;
  startMember(parts: readonly string[]): void;
  setMember(kind: "table" | "value"): string | undefined;
  endMember(): void;
  enterInline(): void;
  leaveInline(): void;
}

function newTable(isImplicit: boolean): Table {
  return { members: new Map(), items: undefined, isImplicit };
}

function name(parts: readonly string[]): string {
  return parts.map((part) => (/^[\w-]+$/.test(part) ? part : quoteString(part))).join(".");
}

function descend(from: Table, part: string): Table | undefined {
  const found = from.members.get(part);
  if (found === "value") return undefined;
  if (found !== undefined) return found.items?.at(-1) ?? found;
  const made = newTable(true);
  from.members.set(part, made);
  return made;
}

/** Returns the keys of an empty text. */
export function createTomlKeys(): TomlKeys {
  const root = newTable(false);
  let context: readonly string[] = [];
  let table = root;
  let key = "";
  let broken: string | undefined;
  const outer: { context: readonly string[]; table: Table; key: string }[] = [];
  const members: { context: readonly string[]; table: Table }[] = [];

  function define(at: Table, part: string, kind: "table" | "value"): string | undefined {
    const before = at.members.get(part);
    if (before !== undefined) {
      if (before === "value" || !before.isImplicit)
        return `Key '${name([...context, part])}' has already been defined.`;
      before.isImplicit = false;
      return undefined;
    }
    at.members.set(part, kind === "value" ? "value" : newTable(false));
    return undefined;
  }
  return {
    current: () => {
      if (key === "") return name(context);
      return context.length === 0 ? key : `${name(context)}.${key}`;
    },
    openTable: (parts, isArray) => {
      let at = root;
      for (const [index, part] of parts.slice(0, -1).entries()) {
        const inner = descend(at, part);
        if (inner === undefined) return `Key '${name(parts.slice(0, index + 1))}' was already created as a hash.`;
        at = inner;
      }
      context = parts.slice(0, -1);
      const last = parts.at(-1) ?? "";
      if (isArray) {
        const list = at.members.get(last) ?? { ...newTable(false), items: [] };
        if (list === "value" || list.items === undefined) {
          return `Key '${name(parts)}' was already created and cannot be used as an array.`;
        }
        at.members.set(last, list);
        list.items.push(newTable(false));
      } else {
        const reason = define(at, last, "table");
        if (reason !== undefined) return reason;
      }
      table = descend(at, last) ?? table;
      context = parts;
      return undefined;
    },
    startMember: (parts) => {
      members.push({ context, table });
      key = parts.at(-1) ?? "";
      for (const part of parts.slice(0, -1)) {
        const inner = descend(table, part);
        context = [...context, part];
        if (inner === undefined) broken ??= `Key '${name(context)}' has already been defined.`;
        else table = inner;
      }
    },
    setMember: (kind) => broken ?? define(table, key, kind),
    endMember: () => {
      ({ context = [], table = root } = members.pop() ?? {});
      key = "";
    },
    enterInline: () => {
      outer.push({ context, table, key });
      context = [...context, key];
      table = newTable(false);
      key = "";
    },
    leaveInline: () => {
      ({ context = [], table = root, key = "" } = outer.pop() ?? {});
    },
  };
}
