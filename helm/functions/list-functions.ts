import { fn, type GoFunction, type ParamTypes, variadic } from "../template/go-function.ts";
import { cutList } from "../template/index-value.ts";
import { deepEqual } from "../template/go-type.ts";
import { GoPanic, type GoValue, nilSlice, typedSlice } from "../template/go-value.ts";
import { isEmpty, listItems, toInt64 } from "./cast-value.ts";

type Any = ParamTypes["any"];

function append(list: Any, value: Any): GoValue {
  return [...listItems(list, "Cannot push on type"), value];
}

function prepend(list: Any, value: Any): GoValue {
  return [value, ...listItems(list, "Cannot prepend on type")];
}

function first(list: Any): GoValue {
  return listItems(list, "Cannot find first on type")[0] ?? null;
}

function last(list: Any): GoValue {
  return listItems(list, "Cannot find last on type").at(-1) ?? null;
}

function rest(list: Any): GoValue {
  const items = listItems(list, "Cannot find rest on type");
  return items.length === 0 ? nilSlice() : items.slice(1);
}

function initial(list: Any): GoValue {
  const items = listItems(list, "Cannot find initial on type");
  return items.length === 0 ? nilSlice() : items.slice(0, -1);
}

function reverse(list: Any): GoValue {
  return listItems(list, "Cannot find reverse on type").toReversed();
}

function compact(list: Any): GoValue {
  return listItems(list, "Cannot compact on type").filter((item) => !isEmpty(item));
}

function isSimple(value: GoValue): boolean {
  return typeof value !== "object" || value === null;
}

/** Membership by Go's deep equality; strings, the usual case, are looked up. */
function createMembership(): { readonly has: (value: GoValue) => boolean; readonly add: (value: GoValue) => void } {
  const simple = new Set<GoValue>();
  const others: GoValue[] = [];
  return {
    has: (value) => (isSimple(value) ? simple.has(value) : others.some((other) => deepEqual(other, value))),
    add: (value) => {
      if (isSimple(value)) simple.add(value);
      else others.push(value);
    },
  };
}

function uniq(list: Any): GoValue {
  const seen = createMembership();
  return listItems(list, "Cannot find uniq on type").filter((item) => {
    if (seen.has(item)) return false;
    seen.add(item);
    return true;
  });
}

function without(list: Any, unwanted: readonly GoValue[]): GoValue {
  const members = createMembership();
  for (const value of unwanted) members.add(value);
  return listItems(list, "Cannot find without on type").filter((item) => !members.has(item));
}

function has(needle: Any, list: Any): boolean {
  if (list === null) return false;
  return listItems(list, "Cannot find has on type").some((item) => deepEqual(item, needle));
}

function slice(list: Any, indices: readonly GoValue[]): GoValue {
  const items = listItems(list, "list should be type of slice or array but");
  if (items.length === 0) return null;
  const start = indices.length > 0 ? Number(toInt64(indices[0])) : 0;
  const end = indices.length > 1 ? Number(toInt64(indices[1])) : items.length;
  if (start < 0 || end < start || end > items.length)
    throw new GoPanic("reflect.Value.Slice: slice index out of bounds");
  return cutList(list, start, end);
}

function concat(lists: readonly GoValue[]): GoValue {
  const joined = lists.flatMap((list) => {
    try {
      return listItems(list, "Cannot concat type");
    } catch (error) {
      if (error instanceof GoPanic && error.message.startsWith("Cannot")) throw new GoPanic(`${error.message} as list`);
      throw error;
    }
  });
  return joined.length === 0 ? nilSlice() : joined;
}

function chunk(size: number, list: Any): GoValue {
  const items = listItems(list, "Cannot chunk type");
  if (size <= 0) throw new GoPanic("runtime error: makeslice: len out of range");
  const chunks: GoValue[] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return typedSlice("[][]interface {}", chunks);
}

const one = (run: (list: Any) => GoValue): GoFunction => fn(["any"], run);

/** Functions on lists; see sprig's `list.go`. None changes its list. */
export const listFunctions: Readonly<Record<string, GoFunction>> = {
  list: variadic(["any"], (...values) => (values.length === 0 ? [] : values)),
  tuple: variadic(["any"], (...values) => (values.length === 0 ? [] : values)),
  append: fn(["any", "any"], append),
  push: fn(["any", "any"], append),
  mustAppend: fn(["any", "any"], append),
  mustPush: fn(["any", "any"], append),
  prepend: fn(["any", "any"], prepend),
  mustPrepend: fn(["any", "any"], prepend),
  first: one(first),
  mustFirst: one(first),
  last: one(last),
  mustLast: one(last),
  rest: one(rest),
  mustRest: one(rest),
  initial: one(initial),
  mustInitial: one(initial),
  reverse: one(reverse),
  mustReverse: one(reverse),
  compact: one(compact),
  mustCompact: one(compact),
  uniq: one(uniq),
  mustUniq: one(uniq),
  without: variadic(["any", "any"], (list, ...unwanted) => without(list, unwanted)),
  mustWithout: variadic(["any", "any"], (list, ...unwanted) => without(list, unwanted)),
  has: fn(["any", "any"], has),
  mustHas: fn(["any", "any"], has),
  slice: variadic(["any", "any"], (list, ...indices) => slice(list, indices)),
  mustSlice: variadic(["any", "any"], (list, ...indices) => slice(list, indices)),
  concat: variadic(["any"], (...lists) => concat(lists)),
  chunk: fn(["int", "any"], chunk),
  mustChunk: fn(["int", "any"], chunk),
};
