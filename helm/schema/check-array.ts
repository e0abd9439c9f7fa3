import type { SchemaFault } from "./schema-fault.ts";
import { addFault, countOf, listBelow, type SchemaFrame } from "./schema-frame.ts";
import type { SchemaNode } from "./schema-node.ts";
import { grouped, isSame } from "./schema-number.ts";

/** Applies a schema to a member or item. */
export type CheckInner = (
  frame: SchemaFrame,
  node: SchemaNode,
  inner: { readonly value: unknown; readonly step: string },
) => SchemaFault | undefined;

/** Adds what the keywords for lists find. */
export function checkArray(frame: SchemaFrame, items: readonly unknown[], checkInner: CheckInner): void {
  const { words } = frame.node;
  const [least, most] = [countOf(words["minItems"]), countOf(words["maxItems"])];
  const count = grouped(String(items.length));
  if (least !== undefined && items.length < least)
    addFault(frame, `minItems: got ${count}, want ${grouped(String(least))}`);
  if (most !== undefined && items.length > most)
    addFault(frame, `maxItems: got ${count}, want ${grouped(String(most))}`);
  const twins = words["uniqueItems"] === true ? findTwins(items) : undefined;
  if (twins !== undefined) addFault(frame, `items at ${twins[0]} and ${twins[1]} are equal`);
  checkItems(frame, items, checkInner);
  const contains = frame.node.below.get("contains");
  if (contains !== undefined)
    checkContains(frame, items, (value, step) => checkInner(frame, contains, { value, step }));
}

function findTwins(items: readonly unknown[]): readonly [number, number] | undefined {
  for (const [at, item] of items.entries()) {
    const before = items.slice(0, at).findIndex((other) => isSame(item, other));
    if (before >= 0) return [before, at];
  }
  return undefined;
}

function checkItems(frame: SchemaFrame, items: readonly unknown[], checkInner: CheckInner): void {
  const { node, faults } = frame;
  const { words, below } = node;
  const first = listBelow(node, node.draft >= 2020 ? "prefixItems" : "items");
  const rest = below.get(Array.isArray(words["items"]) ? "additionalItems" : "items");
  if (words["additionalItems"] === false && items.length > first.length) {
    addFault(frame, `last ${items.length - first.length} additionalItem(s) not allowed`);
  }
  for (const [index, value] of items.entries()) {
    const schema = first[index] ?? (words["additionalItems"] === false ? undefined : rest);
    const fault = schema === undefined ? undefined : checkInner(frame, schema, { value, step: String(index) });
    if (fault !== undefined) faults.push(fault);
  }
}

type CheckItem = (value: unknown, step: string) => SchemaFault | undefined;

function checkContains(frame: SchemaFrame, items: readonly unknown[], checkItem: CheckItem): void {
  const { node, unseen } = frame;
  const causes: SchemaFault[] = [];
  const matched: number[] = [];
  for (const [index, value] of items.entries()) {
    const fault = checkItem(value, String(index));
    if (fault === undefined) {
      matched.push(index);
      if (node.draft >= 2020) unseen.delete(String(index));
    } else {
      causes.push(fault);
    }
  }
  const [least, most] = [countOf(node.words["minContains"]), countOf(node.words["maxContains"])];
  const found = `matched ${matched.length} items at ${matched.join(" ")}`;
  if (least === undefined) {
    if (matched.length === 0) addFault(frame, "no items match contains schema", causes);
  } else if (matched.length < least) {
    const but = matched.length === 0 ? "none matched" : found;
    addFault(frame, `min ${least} items required to match contains schema, but ${but}`, causes);
  }
  if (most !== undefined && matched.length > most) {
    addFault(frame, `max ${most} items required to match contains schema, but ${found}`);
  }
}
