import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { CheckInner } from "./check-array.ts";
import { quoteWord, quoteWords, type SchemaFault } from "./schema-fault.ts";
import { addFault, countOf, type SchemaFrame, textsOf } from "./schema-frame.ts";
import type { SchemaNode } from "./schema-node.ts";
import { grouped } from "./schema-number.ts";

/** How schemas are applied. */
export interface Checks {
  readonly checkInner: CheckInner;
  readonly checkSelf: (frame: SchemaFrame, node: SchemaNode) => SchemaFault | undefined;
  readonly checkValue: (node: SchemaNode, value: unknown) => SchemaFault | undefined;
}

/** Adds what the keywords for objects find; members are taken by name, in Helm they come by chance. */
export function checkObject(frame: SchemaFrame, object: JsonObject, checks: Checks): void {
  const { words } = frame.node;
  const size = Object.keys(object).length;
  const [least, most] = [countOf(words["minProperties"]), countOf(words["maxProperties"])];
  const count = grouped(String(size));
  if (least !== undefined && size < least)
    addFault(frame, `minProperties: got ${count}, want ${grouped(String(least))}`);
  if (most !== undefined && size > most) addFault(frame, `maxProperties: got ${count}, want ${grouped(String(most))}`);
  const missing = missingOf(object, textsOf(words["required"]) ?? []);
  if (missing.length > 0) {
    addFault(frame, `missing ${missing.length === 1 ? "property" : "properties"} ${quoteWords(missing)}`);
  }
  checkDependents(frame, object, { keyword: "dependencies", checks });
  checkMembers(frame, object, checks);
  checkNames(frame, object, checks);
  checkDependents(frame, object, { keyword: "dependentSchemas", checks });
  checkDependents(frame, object, { keyword: "dependentRequired", checks });
}

function missingOf(object: JsonObject, names: readonly string[]): string[] {
  return names.filter((name) => !Object.hasOwn(object, name));
}

interface Dependents {
  readonly keyword: string;
  readonly checks: Checks;
}

function checkDependents(frame: SchemaFrame, object: JsonObject, { keyword, checks }: Dependents): void {
  const { words, below } = frame.node;
  const entries: JsonValue | undefined = words[keyword];
  if (!isJsonObject(entries)) return;
  for (const [name, wanted] of Object.entries(entries)) {
    if (!Object.hasOwn(object, name)) continue;
    const missing = missingOf(object, textsOf(wanted) ?? []);
    if (missing.length > 0) {
      addFault(frame, `properties ${quoteWords(missing)} required, if ${quoteWord(name)} exists`);
    }
    const schema = below.get(`${keyword}/${name}`);
    const fault = schema === undefined ? undefined : checks.checkSelf(frame, schema);
    if (fault !== undefined) frame.faults.push(fault);
  }
}

function checkMembers(frame: SchemaFrame, object: JsonObject, { checkInner }: Checks): void {
  const { node, faults, unseen } = frame;
  const { additionalProperties: others } = node.words;
  const refused: string[] = [];
  for (const step of Object.keys(object).toSorted()) {
    const own = node.below.get(`properties/${step}`);
    const matching = node.patterns.filter(([pattern]) => pattern.matcher(step).find()).map(([, schema]) => schema);
    const schemas = own === undefined ? matching : [own, ...matching];
    if (schemas.length === 0 && others === false) refused.push(step);
    const rest = node.below.get("additionalProperties");
    const used = schemas.length > 0 || rest === undefined || typeof others === "boolean" ? schemas : [rest];
    for (const schema of used) {
      const fault = checkInner(frame, schema, { value: object[step], step });
      if (fault !== undefined) faults.push(fault);
    }
    if (used.length > 0 || others !== undefined) unseen.delete(step);
  }
  if (refused.length > 0) addFault(frame, `additional properties ${quoteWords(refused)} not allowed`);
}

function checkNames(frame: SchemaFrame, object: JsonObject, { checkValue }: Checks): void {
  const schema = frame.node.below.get("propertyNames");
  if (schema === undefined) return;
  for (const name of Object.keys(object).toSorted()) {
    const fault = checkValue(schema, name);
    if (fault === undefined) continue;
    addFault(frame, `invalid propertyName ${quoteWord(name)}`, fault.kind === "group" ? fault.causes : [fault]);
  }
}
