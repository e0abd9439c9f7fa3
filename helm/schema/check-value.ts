import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { spendSteps } from "../template/run-cost.ts";
import { checkArray } from "./check-array.ts";
import { checkObject } from "./check-object.ts";
import { checkScalar } from "./check-scalar.ts";
import { formatFault } from "./schema-format.ts";
import { quoteWord, type SchemaFault } from "./schema-fault.ts";
import { addFault, listBelow, type SchemaFrame, unseenOf } from "./schema-frame.ts";
import type { SchemaNode } from "./schema-node.ts";
import { isNumber, isSame, isWhole, printPlain } from "./schema-number.ts";

/** What applying one schema takes, without those that it refers to. */
const stepsOfCheck = 10;

/** Returns what a schema finds wrong with a value, undefined when nothing (jsonschema v6: `Schema.Validate`). */
export function checkValue(node: SchemaNode, value: unknown): SchemaFault | undefined {
  return check(openFrame(node, value, undefined));
}

/** Applies a schema to a value further in; `step` is its name or index. */
export function checkInner(
  frame: SchemaFrame,
  node: SchemaNode,
  inner: { value: unknown; step: string },
): SchemaFault | undefined {
  return check({
    ...openFrame(node, inner.value, frame),
    at: [...frame.at, inner.step],
    depth: frame.depth + 1,
    unseen: unseenOf(node, inner.value, false),
  });
}

/** Applies another schema to the same value; where all is well, what it looked at counts as seen. */
export function checkSelf(frame: SchemaFrame, node: SchemaNode, via = ""): SchemaFault | undefined {
  const inner = { ...openFrame(node, frame.value, frame), via };
  const fault = check(inner);
  if (fault === undefined) for (const name of frame.unseen) if (!inner.unseen.has(name)) frame.unseen.delete(name);
  return fault;
}

function openFrame(node: SchemaNode, value: unknown, parent: SchemaFrame | undefined): SchemaFrame {
  const isAsked = parent !== undefined && parent.unseen.size > 0;
  const [at, depth] = parent === undefined ? [[], 0] : [parent.at, parent.depth];
  return { node, value, at, depth, via: "", parent, unseen: unseenOf(node, value, isAsked), faults: [] };
}

function check(frame: SchemaFrame): SchemaFault | undefined {
  spendSteps(stepsOfCheck);
  const { node, value, faults, at } = frame;
  if (node.always === true) return undefined;
  if (node.always === false) return { at, text: "false schema", kind: "fault", causes: [] };
  const first = cycleFault(frame) ?? ownFault(frame);
  if (first !== undefined) return { at, text: first, kind: "fault", causes: [] };
  if (node.ref !== undefined) {
    const fault = checkReference(frame, node.ref, "$ref");
    if (node.draft < 2019) return fault;
    if (fault !== undefined) faults.push(fault);
  }
  if (Array.isArray(value)) checkArray(frame, value, checkInner);
  else if (isJsonObject(value)) checkObject(frame, value, { checkInner, checkSelf, checkValue });
  else checkScalar(frame);
  checkReferences(frame);
  checkConditions(frame);
  checkUnseen(frame);
  return faults.length > 1 ? { at, text: "validation failed", kind: "group", causes: faults } : faults[0];
}

/** What ends the check of a value at once. */
function ownFault({ node, value }: SchemaFrame): string | undefined {
  const { words } = node;
  const types = [words["type"]].flat().filter((type) => typeof type === "string");
  const type = typeOf(value);
  const isOfType = types.includes(type) || (types.includes("integer") && isNumber(value) && isWhole(value));
  if (types.length > 0 && !isOfType)
    return `got ${type}, want ${typeOrder.filter((one) => types.includes(one)).join(" or ")}`;
  const { const: wanted, enum: allowed } = words;
  if (wanted !== undefined && !isSame(value, wanted)) {
    return isPlain(wanted) ? `value must be ${printPlain(wanted)}` : "'const' failed";
  }
  if (Array.isArray(allowed) && !allowed.some((one: JsonValue) => isSame(value, one))) return enumWords(allowed);
  const format = words["format"];
  if (!node.assertsFormat || typeof format !== "string" || typeof value !== "string") return undefined;
  const reason = formatFault(format, value);
  return reason === undefined ? undefined : `${quoteWord(value)} is not valid ${format}: ${reason}`;
}

const typeOrder = ["null", "boolean", "number", "integer", "string", "array", "object"];

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function enumWords(allowed: readonly JsonValue[]): string {
  if (!allowed.every(isPlain)) return "'enum' failed";
  if (allowed.length === 1) return `value must be ${printPlain(allowed[0])}`;
  return `value must be one of ${allowed.map(printPlain).join(", ")}`;
}

function cycleFault(frame: SchemaFrame): string | undefined {
  for (let at = frame.parent; at !== undefined && at.depth === frame.depth; at = at.parent) {
    if (at.node !== frame.node) continue;
    const target = quoteString(frame.node.location);
    return `both ${wayTo(frame)} and ${wayTo(at)} resolve to ${target} causing reference cycle`;
  }
  return undefined;
}

function wayTo(frame: SchemaFrame): string {
  let way = "";
  for (let at = frame; at.parent !== undefined; at = at.parent) {
    way = (at.via === "" ? at.node.location.slice(at.parent.node.location.length) : `/${at.via}`) + way;
  }
  return way;
}

function checkReference(frame: SchemaFrame, node: SchemaNode, keyword: string): SchemaFault | undefined {
  const fault = checkSelf(frame, node, keyword);
  if (fault === undefined) return undefined;
  const causes = fault.kind === "group" ? fault.causes : [fault];
  return { at: frame.at, text: "validation failed", kind: "reference", causes };
}

function checkReferences(frame: SchemaFrame): void {
  const { recursiveRef, dynamicRef } = frame.node;
  const faults: (SchemaFault | undefined)[] = [];
  if (recursiveRef !== undefined) faults.push(checkReference(frame, outermost(frame, recursiveRef), "$recursiveRef"));
  if (dynamicRef !== undefined) {
    const { node, anchor } = dynamicRef;
    const isDynamic = anchor !== "" && node.words["$dynamicAnchor"] === anchor;
    faults.push(checkReference(frame, isDynamic ? anchored(frame, anchor, node) : node, "$dynamicRef"));
  }
  frame.faults.push(...faults.filter((fault) => fault !== undefined));
}

function outermost(frame: SchemaFrame, fallback: SchemaNode): SchemaNode {
  if (fallback.words["$recursiveAnchor"] !== true) return fallback;
  let found = fallback;
  for (let at: SchemaFrame | undefined = frame; at !== undefined; at = at.parent) {
    const { resource } = at.node;
    if (resource?.words["$recursiveAnchor"] === true) found = resource;
  }
  return found;
}

function anchored(frame: SchemaFrame, anchor: string, fallback: SchemaNode): SchemaNode {
  let found = fallback;
  for (let at: SchemaFrame | undefined = frame; at !== undefined; at = at.parent) {
    found = at.node.resource?.dynamicAnchors.get(anchor) ?? found;
  }
  return found;
}

function checkConditions(frame: SchemaFrame): void {
  const { node, faults } = frame;
  const { below } = node;
  const not = below.get("not");
  if (not !== undefined && checkSelf(frame, not) === undefined) addFault(frame, "'not' failed");
  const all = listBelow(node, "allOf").flatMap((one) => checkSelf(frame, one) ?? []);
  if (all.length > 0) addFault(frame, "'allOf' failed", all);
  checkAnyOf(frame);
  checkOneOf(frame);
  const condition = below.get("if");
  if (condition === undefined) return;
  const branch = below.get(checkSelf(frame, condition) === undefined ? "then" : "else");
  const fault = branch === undefined ? undefined : checkSelf(frame, branch);
  if (fault !== undefined) faults.push(fault);
}

function checkAnyOf(frame: SchemaFrame): void {
  const nodes = listBelow(frame.node, "anyOf");
  const causes: SchemaFault[] = [];
  let isMatched = false;
  for (const node of nodes) {
    const fault = checkSelf(frame, node);
    if (fault !== undefined) causes.push(fault);
    else isMatched = true;
    // The others only matter for what they look at.
    if (isMatched && frame.unseen.size === 0) return;
  }
  if (nodes.length > 0 && !isMatched) addFault(frame, "'anyOf' failed", causes);
}

function checkOneOf(frame: SchemaFrame): void {
  const nodes = listBelow(frame.node, "oneOf");
  const causes: SchemaFault[] = [];
  let matched = -1;
  for (const [index, node] of nodes.entries()) {
    const fault = checkSelf(frame, node);
    if (fault !== undefined) causes.push(fault);
    else if (matched < 0) matched = index;
    else {
      addFault(frame, `'oneOf' failed, subschemas ${matched}, ${index} matched`);
      return;
    }
  }
  if (nodes.length > 0 && matched < 0) addFault(frame, "'oneOf' failed, none matched", causes);
}

function checkUnseen(frame: SchemaFrame): void {
  const { node, value, unseen, faults } = frame;
  const below = node.below.get(Array.isArray(value) ? "unevaluatedItems" : "unevaluatedProperties");
  if (below === undefined || typeof value !== "object" || value === null) return;
  for (const step of unseen) {
    const inner: unknown = Array.isArray(value) ? value[Number(step)] : isJsonObject(value) ? value[step] : undefined;
    const fault = checkInner(frame, below, { value: inner, step });
    if (fault !== undefined) faults.push(fault);
  }
  unseen.clear();
}
