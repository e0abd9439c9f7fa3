import { type CelBudget, faultCost } from "./cel-budget.ts";
import { CelFault, CelLimit, noOverload } from "./cel-fault.ts";
import { calculate, checkInt } from "./calculate.ts";
import { callFunction } from "./call-function.ts";
import type { CelNode } from "./cel-node.ts";
import { type CelKey, CelOptional, CelType, CelUint, type CelValue, isCelList, isCelMap } from "./cel-value.ts";
import { equalValues, keyOf, orderValues } from "./compare-values.ts";
import { evaluateLoop } from "./evaluate-loop.ts";
import { readIndex, readMember } from "./read-member.ts";

/** What names mean and what an evaluation may cost. */
export interface CelScope {
  readonly lookup: (name: string) => CelValue | undefined;
  readonly budget: CelBudget;
}

const typeNames: ReadonlySet<string> = new Set("int uint double bool string bytes list map null_type type".split(" "));

/** Returns the value of an expression. Throws `CelFault` with the place where none can be had. */
export function evaluateNode(node: CelNode, scope: CelScope): CelValue {
  scope.budget.spend(1);
  try {
    return evaluate(node, scope);
  } catch (error) {
    if (!(error instanceof CelFault) || error instanceof CelLimit || error.at !== undefined) throw error;
    throw new CelFault(error.message, node.at);
  }
}

function evaluate(node: CelNode, scope: CelScope): CelValue {
  switch (node.type) {
    case "literal":
      return node.value;
    case "name":
      return readName(node.name, scope);
    case "member":
      return readMember(evaluateNode(node.of, scope), node.name, node.optional);
    case "index":
      return readIndex(evaluateNode(node.of, scope), evaluateNode(node.key, scope), node.optional);
    case "has":
      return hasMember(evaluateNode(node.of, scope), node.name);
    case "call":
      return evaluateCall(node, scope);
    case "list":
      return evaluateList(node, scope);
    case "map":
      return evaluateMap(node, scope);
    case "unary":
      return evaluateUnary(node.operator, evaluateNode(node.of, scope));
    case "binary":
      return evaluateBinary(node, scope);
    case "logic":
      return evaluateLogic(node, scope);
    case "choice":
      return evaluateNode(asBoolean(evaluateNode(node.test, scope)) ? node.yes : node.no, scope);
    case "loop":
      return evaluateLoop(node, scope, evaluateNode);
    case "optional":
      return evaluateOptional(node, scope);
  }
}

function readName(name: string, scope: CelScope): CelValue {
  const value = scope.lookup(name);
  if (value !== undefined) return value;
  if (typeNames.has(name)) return new CelType(name);
  throw new CelFault(`the object has no field ${name}`);
}

function hasMember(value: CelValue, name: string): boolean {
  const inner = value instanceof CelOptional ? (value.value ?? null) : value;
  return isCelMap(inner) && inner.has(name);
}

function evaluateCall(node: Extract<CelNode, { type: "call" }>, scope: CelScope): CelValue {
  const { name, target } = node;
  // A dotted name such as `sets.contains` is one function, unless there is a variable of the first name.
  const qualified = target?.type === "name" && scope.lookup(target.name) === undefined ? `${target.name}.${name}` : "";
  const parameters = (): CelValue[] => node.parameters.map((parameter) => evaluateNode(parameter, scope));
  if (qualified !== "")
    return callFunction({ name: qualified, target: undefined, parameters: parameters() }, scope.budget);
  const on = target === undefined ? undefined : evaluateNode(target, scope);
  return callFunction({ name, target: on, parameters: parameters() }, scope.budget);
}

function evaluateList(node: Extract<CelNode, { type: "list" }>, scope: CelScope): CelValue {
  const items: CelValue[] = [];
  for (const { value, optional } of node.items) {
    const item = present(evaluateNode(value, scope), optional);
    if (item !== undefined) items.push(item);
  }
  return items;
}

function evaluateMap(node: Extract<CelNode, { type: "map" }>, scope: CelScope): CelValue {
  const entries = new Map<CelKey, CelValue>();
  for (const { key, value, optional } of node.entries) {
    const name = keyOf(evaluateNode(key, scope));
    if (name === undefined) throw new CelFault("unsupported key type");
    const item = present(evaluateNode(value, scope), optional);
    if (item !== undefined) entries.set(name, item);
  }
  return entries;
}

function present(value: CelValue, optional: boolean): CelValue | undefined {
  if (!optional) return value;
  if (value instanceof CelOptional) return value.value;
  throw noOverload();
}

function evaluateUnary(operator: "!" | "-", value: CelValue): CelValue {
  if (operator === "!" && typeof value === "boolean") return !value;
  if (operator === "-" && typeof value === "bigint") return checkInt(-value);
  if (operator === "-" && typeof value === "number") return -value;
  throw noOverload();
}

function evaluateBinary(node: Extract<CelNode, { type: "binary" }>, scope: CelScope): CelValue {
  const left = evaluateNode(node.left, scope);
  const right = evaluateNode(node.right, scope);
  const { budget } = scope;
  switch (node.operator) {
    case "==":
      return equalValues(left, right, budget);
    case "!=":
      return !equalValues(left, right, budget);
    case "<":
      return orderValues(left, right, budget) < 0;
    case "<=":
      return orderValues(left, right, budget) <= 0;
    case ">":
      return orderValues(left, right, budget) > 0;
    case ">=":
      return orderValues(left, right, budget) >= 0;
    case "in":
      return isIn(left, right, budget);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return calculate(node.operator, [left, right], budget);
  }
}

function isIn(value: CelValue, container: CelValue, budget: CelBudget): boolean {
  if (isCelList(container)) return container.some((item) => equalValues(value, item, budget));
  if (!isCelMap(container)) throw noOverload();
  const key = value instanceof CelUint ? value.value : keyOf(value);
  return key !== undefined && container.has(key);
}

/** A side that decides is enough, whatever went wrong on the other one. */
function evaluateLogic(node: Extract<CelNode, { type: "logic" }>, scope: CelScope): boolean {
  const decisive = node.operator === "||";
  const left = tryBoolean(node.left, scope);
  if (left === decisive) return decisive;
  const right = tryBoolean(node.right, scope);
  if (right === decisive) return decisive;
  if (left instanceof CelFault) throw left;
  if (right instanceof CelFault) throw right;
  return !decisive;
}

/** Returns a condition's value or why it has none; limits are thrown. */
function tryBoolean(node: CelNode, scope: CelScope): boolean | CelFault {
  try {
    return asBoolean(evaluateNode(node, scope));
  } catch (error) {
    if (!(error instanceof CelFault) || error instanceof CelLimit) throw error;
    scope.budget.spend(faultCost);
    return error;
  }
}

/** Returns a condition's value; throws `CelFault` for what is neither true nor false. */
export function asBoolean(value: CelValue): boolean {
  if (typeof value !== "boolean") throw noOverload();
  return value;
}

function evaluateOptional(node: Extract<CelNode, { type: "optional" }>, scope: CelScope): CelValue {
  const of = evaluateNode(node.of, scope);
  if (!(of instanceof CelOptional)) throw noOverload();
  const { value } = of;
  if (value === undefined) return of;
  const lookup = (name: string): CelValue | undefined => (name === node.name ? value : scope.lookup(name));
  const made = evaluateNode(node.to, { ...scope, lookup });
  if (!node.flat) return new CelOptional(made);
  if (made instanceof CelOptional) return made;
  throw noOverload();
}
