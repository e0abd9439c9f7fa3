import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { createFieldSet, type FieldSet, type FieldSetBuilder } from "./field-set.ts";
import { comparePathElements, parsePathElement } from "./path-element.ts";

/** Returns the set in the form of `managedFields[].fieldsV1`; steps are sorted as kube-apiserver sorts them. */
export function encodeFieldsV1(set: FieldSet): JsonObject {
  return encode(set, false);
}

function encode(set: FieldSet, isMember: boolean): JsonObject {
  const steps = [...new Set([...set.members, ...set.children.keys()])].sort(comparePathElements);
  const fields = steps.map((step): [string, JsonValue] => {
    const child = set.children.get(step);
    return [step, child === undefined ? {} : encode(child, set.members.has(step))];
  });
  return Object.fromEntries(isMember && fields.length > 0 ? [[".", {}], ...fields] : fields);
}

/** Returns the set that a `fieldsV1` value describes; throws SyntaxError on an unknown kind of step. */
export function decodeFieldsV1(fields: JsonObject): FieldSet {
  return decode(fields).set;
}

// A step without children of its own is a member; one with children is a member when it contains ".".
function decode(fields: JsonObject): { readonly set: FieldSetBuilder; readonly isMember: boolean } {
  const set = createFieldSet();
  let isMember = false;
  for (const [name, value] of Object.entries(fields)) {
    if (name === ".") {
      isMember = true;
      continue;
    }
    const step = parsePathElement(name);
    const child = decode(isJsonObject(value) ? value : {});
    if (child.isMember || isEmptyNode(child.set)) set.members.add(step);
    if (!isEmptyNode(child.set)) set.children.set(step, child.set);
  }
  return { set, isMember };
}

function isEmptyNode(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.size === 0;
}
