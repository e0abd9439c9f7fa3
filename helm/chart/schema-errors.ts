import type { ErrorObject } from "ajv";
import { formatGoFloat } from "../../codec/go-float.ts";
import { quoteString } from "../template/quote-string.ts";

/** Words that hold other schemas, whose errors stand below theirs. */
const composite = new Set(["anyOf", "oneOf", "not", "contains", "propertyNames"]);
/** Errors that only say that another one is there. */
const redundant = new Set(["if"]);

/** Words that are checked after a value's members. */
const late = new Set(["additionalProperties", "unevaluatedProperties", "unevaluatedItems", ...composite]);

interface Fault {
  readonly path: string;
  readonly at: string;
  readonly message: string;
  readonly causes: Fault[];
}

/** Returns validation errors as `- at '/replicas': got string, want integer`, one a line (jsonschema v6 of santhosh-tekuri, which Helm uses). */
export function describeSchemaErrors(errors: readonly ErrorObject[]): string {
  const faults: Fault[] = [];
  for (const group of groupsOf(errors)) {
    const [first] = group;
    if (first === undefined || redundant.has(first.keyword)) continue;
    const fault: Fault = { path: first.schemaPath, at: first.instancePath, message: wordsOf(first, group), causes: [] };
    if (composite.has(first.keyword)) {
      const below = Map.groupBy(
        takeBelow(faults, `${first.schemaPath}/`),
        ({ path }) => path.slice(first.schemaPath.length + 1).split("/", 1)[0],
      );
      fault.causes.push(...[...below.values()].flatMap((causes) => arrange(causes, first.instancePath)));
    }
    faults.push(fault);
  }
  return atRoot(arrange(faults, ""))
    .flatMap((fault) => print(fault, 0))
    .join("\n");
}

/** One line that only holds others is left out at the top. */
function atRoot(faults: readonly Fault[]): readonly Fault[] {
  const [first] = faults;
  return faults.length === 1 && first?.message === grouped ? first.causes : faults;
}

const grouped = "validation failed";

/**
 * Returns faults as the validator nests them: two and more at or below one value stand below that value's own line. The
 * order of a map's members is by chance in Helm, here it is that of the schema.
 */
function arrange(faults: readonly Fault[], at: string): Fault[] {
  const own = faults.filter((fault) => fault.at === at);
  const below = Map.groupBy(
    faults.filter((fault) => fault.at !== at),
    (fault) => `${at}/${fault.at.slice(at.length + 1).split("/", 1)[0] ?? ""}`,
  );
  const inner = [...below].flatMap(([place, group]) => {
    const arranged = arrange(group, place);
    if (arranged.length < 2) return arranged;
    return [{ path: "", at: place, message: grouped, causes: arranged }];
  });
  const isEarly = ({ path }: Fault): boolean => !late.has(path.slice(path.lastIndexOf("/") + 1));
  return [...own.filter(isEarly), ...inner, ...own.filter((fault) => !isEarly(fault))];
}

/** Errors of one keyword at one place are one error: `required` names all that is missing. A wrong type hides the rest. */
function groupsOf(errors: readonly ErrorObject[]): ErrorObject[][] {
  const wrongType = new Set(
    errors.filter(({ keyword }) => keyword === "type").map((error) => `${error.instancePath} ${parentOf(error)}`),
  );
  const shown = errors.filter(
    (error) => error.keyword === "type" || !wrongType.has(`${error.instancePath} ${parentOf(error)}`),
  );
  return [...Map.groupBy(shown, ({ instancePath, schemaPath }) => `${instancePath} ${schemaPath}`).values()];
}

function parentOf({ schemaPath }: ErrorObject): string {
  return schemaPath.slice(0, schemaPath.lastIndexOf("/"));
}

function takeBelow(faults: Fault[], prefix: string): Fault[] {
  const below = faults.filter(({ path }) => path.startsWith(prefix));
  const others = faults.filter(({ path }) => !path.startsWith(prefix));
  faults.splice(0, faults.length, ...others);
  return below;
}

function print({ at, message, causes }: Fault, indent: number): string[] {
  return [
    `${"  ".repeat(indent)}- at ${quote(at)}: ${message}`,
    ...causes.flatMap((cause) => print(cause, indent + 1)),
  ];
}

function wordsOf(error: ErrorObject, group: readonly ErrorObject[]): string {
  const { keyword, data, schema } = error;
  const params: Readonly<Record<string, unknown>> = error.params;
  const named = (key: string): string[] =>
    group.map((one) => String(one.params[key])).toSorted((a, b) => (a < b ? -1 : 1));
  switch (keyword) {
    case "type":
      return `got ${typeOf(data)}, want ${wantedTypes(schema)}`;
    case "required":
      return missing(group.map((one) => String(one.params["missingProperty"])));
    case "additionalProperties":
      return `additional properties ${named("additionalProperty").map(quote).join(", ")} not allowed`;
    case "enum":
      return enumWords(Array.isArray(schema) ? schema : []);
    case "const":
      return isPrimitive(schema) ? `value must be ${display(schema)}` : "'const' failed";
    case "pattern":
      return `${quote(String(data))} does not match pattern ${quote(String(schema))}`;
    case "oneOf":
      return oneOfWords(params["passingSchemas"]);
    case "anyOf":
    case "not":
      return `'${keyword}' failed`;
    case "false schema":
      return "false schema";
    case "propertyNames":
      return `invalid propertyName ${quote(String(params["propertyName"]))}`;
    case "uniqueItems":
      return `items at ${String(params["j"])} and ${String(params["i"])} are equal`;
    default:
      return `${keyword}: got ${measure(keyword, data)}, want ${display(schema)}`;
  }
}

const typeOrder = ["null", "boolean", "number", "integer", "string", "array", "object"];

function wantedTypes(schema: unknown): string {
  const types = new Set([schema].flat());
  return typeOrder.filter((type) => types.has(type)).join(" or ");
}

function missing(names: readonly string[]): string {
  const [first = ""] = names;
  return names.length === 1 ? `missing property ${quote(first)}` : `missing properties ${names.map(quote).join(", ")}`;
}

function enumWords(allowed: readonly unknown[]): string {
  if (!allowed.every(isPrimitive)) return "'enum' failed";
  const [first] = allowed;
  return allowed.length === 1
    ? `value must be ${display(first)}`
    : `value must be one of ${allowed.map(display).join(", ")}`;
}

function oneOfWords(passing: unknown): string {
  if (!Array.isArray(passing)) return "'oneOf' failed, none matched";
  return `'oneOf' failed, subschemas ${passing.slice(0, 2).join(", ")} matched`;
}

function measure(keyword: string, data: unknown): string {
  if (Array.isArray(data)) return String(data.length);
  if (typeof data === "string") return String(Array.from(data).length);
  if (typeof data === "object" && data !== null && keyword.endsWith("Properties"))
    return String(Object.keys(data).length);
  return display(data);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "bigint" ? "number" : typeof value;
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function display(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (value === null) return "<nil>";
  if (typeof value === "number") return formatGoFloat(value, { bits: 64, exponentFrom: 21 });
  return typeof value === "boolean" || typeof value === "bigint" ? String(value) : "value";
}

function quote(text: string): string {
  const inner = quoteString(text).slice(1, -1);
  return `'${inner.replaceAll(String.raw`\"`, '"').replaceAll("'", String.raw`\'`)}'`;
}
