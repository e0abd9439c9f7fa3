import { badRequest } from "./api-error.ts";
import { formatFieldError, unsupportedValue, valueFault, type FieldError } from "./field-error.ts";
import { labelKeyProblems, labelValueProblems } from "./name-rules.ts";

const binaryOperators = ["in", "notin", "=", "==", "!=", "gt", "lt"] as const;
const unaryOperators = ["exists", "!"] as const;

/** How a requirement compares a label, in the words of k8s.io/apimachinery's selection package. */
export type SelectorOperator = (typeof binaryOperators)[number] | (typeof unaryOperators)[number];

/** The operators that take values, as error messages list them. */
export const listedOperators = binaryOperators.join(", ");

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

const int64Limit = 2n ** 63n;

function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return value >= -int64Limit && value < int64Limit ? value : undefined;
}

function countFault({ operator, values }: Requirement, field: string): FieldError | undefined {
  const fault = (detail: string): FieldError => valueFault("FieldValueInvalid", field, { value: [...values], detail });
  switch (operator) {
    case "in":
    case "notin":
      return values.length === 0 ? fault("for 'in', 'notin' operators, values set can't be empty") : undefined;
    case "=":
    case "==":
    case "!=":
      return values.length === 1 ? undefined : fault("exact-match compatibility requires one single value");
    case "exists":
    case "!":
      return values.length === 0 ? undefined : fault("values set must be empty for exists and does not exist");
    case "gt":
    case "lt":
      return values.length === 1 ? undefined : fault("for 'Gt', 'Lt' operators, exactly one value is required");
  }
}

/** Returns what is wrong with a requirement; `path` is where it stands in the object, empty in a query string. */
function requirementFaults(requirement: Requirement, path = ""): FieldError[] {
  const { key, operator, values } = requirement;
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const faults: FieldError[] = [];
  const keyProblems = labelKeyProblems(key);
  if (keyProblems.length > 0) {
    faults.push(valueFault("FieldValueInvalid", at("key"), { value: key, detail: keyProblems.join("; ") }));
  }
  const count = countFault(requirement, at("values"));
  if (count !== undefined) faults.push(count);
  for (const [index, value] of values.entries()) {
    const field = `${at("values")}[${index}]`;
    if ((operator === "gt" || operator === "lt") && parseInt64(value) === undefined) {
      const detail = "for 'Gt', 'Lt' operators, the value must be an integer";
      faults.push(valueFault("FieldValueInvalid", field, { value, detail }));
    }
  }
  for (const [index, value] of values.entries()) {
    const problems = labelValueProblems(value);
    if (problems.length === 0) continue;
    const field = `${at("values")}[${index}][${key}]`;
    faults.push(valueFault("FieldValueInvalid", field, { value, detail: problems.join("; ") }));
  }
  return faults;
}

/** Returns the requirement; throws ApiError BadRequest when it is invalid. */
export function checkRequirement(requirement: Requirement): Requirement {
  const faults = requirementFaults(requirement).map(formatFieldError);
  if (faults.length === 0) return requirement;
  const [only] = faults;
  throw badRequest(`unable to parse requirement: ${faults.length === 1 ? only : `[${faults.join(", ")}]`}`);
}

/** Returns whether labels satisfy the requirement. */
export function satisfies(labels: Readonly<Record<string, string>>, { key, operator, values }: Requirement): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "in":
    case "=":
    case "==":
      return value !== undefined && values.includes(value);
    case "notin":
    case "!=":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt":
      return compareInteger(value, values[0], operator);
  }
}

function compareInteger(value: string | undefined, bound: string | undefined, operator: "gt" | "lt"): boolean {
  const [left, right] = [parseInt64(value), parseInt64(bound)];
  if (left === undefined || right === undefined) return false;
  return operator === "gt" ? left > right : left < right;
}

const fieldOperators = new Map<string, SelectorOperator>([
  ["In", "in"],
  ["NotIn", "notin"],
  ["Exists", "exists"],
  ["DoesNotExist", "!"],
]);

/** Returns the operator of a `matchExpressions` entry; throws ApiError BadRequest for any other word. */
export function operatorOf(word: string): SelectorOperator {
  const operator = fieldOperators.get(word);
  if (operator !== undefined) return operator;
  const fault = unsupportedValue("operator", word, [...fieldOperators.keys()]);
  throw badRequest(`${JSON.stringify(word)} is not a valid label selector operator: ${formatFieldError(fault)}`);
}
