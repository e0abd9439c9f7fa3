import { isJsonObject } from "../../../codec/json-value.ts";
import { HelperFault, templateHelpers } from "./template-helpers.ts";
import { type TemplateScope, type TemplateValue, faultAt, takeStep } from "./template-scope.ts";

type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression;

/** Returns what a `{{…}}` or `(…)` yields: a helper's result, or the value at a path. */
export function evaluateCall(call: Call, scope: TemplateScope): TemplateValue {
  if (!isPath(call.path)) return evaluateExpression(call.path, scope);
  const name = call.path.original;
  const helper = Object.hasOwn(templateHelpers, name) ? templateHelpers[name] : undefined;
  if (helper === undefined) {
    if (call.params.length > 0 || call.type === "SubExpression") throw faultAt(call, `there is no helper ${name}`);
    return evaluateExpression(call.path, scope);
  }
  const parameters = call.params.map((parameter) => evaluateExpression(parameter, scope));
  const missing = parameters.indexOf(undefined);
  if (missing >= 0 && helper.takesMissing !== true && scope.run.strict) {
    throw faultAt(call, `${describe(call.params[missing])} has no value`);
  }
  takeStep(
    call,
    scope,
    parameters.reduce<number>((sum, parameter) => sum + costOf(parameter), 1),
  );
  try {
    const result = helper.call(parameters);
    takeStep(call, scope, costOf(result));
    return result;
  } catch (error) {
    if (error instanceof HelperFault) throw faultAt(call, `${name}: ${error.message}`);
    throw error;
  }
}

/** Long texts cost steps, so that helpers cannot be made to work on them over and over. */
function costOf(value: TemplateValue): number {
  return typeof value === "string" ? Math.ceil(value.length / 1000) : 0;
}

/** Returns the value of an expression, undefined where a path leads nowhere. */
export function evaluateExpression(expression: hbs.AST.Expression, scope: TemplateScope): TemplateValue {
  takeStep(expression, scope);
  if (isPath(expression)) return evaluatePath(expression, scope);
  if (isCall(expression)) return evaluateCall(expression, scope);
  if (isLiteral(expression)) return expression.value;
  if (expression.type === "NullLiteral") return null;
  if (expression.type === "UndefinedLiteral") return undefined;
  throw faultAt(expression, "an expression of this kind is not supported");
}

/** Returns a value as `{{…}}` prints it: null as nothing. Throws `TemplateFault` for maps and lists, and when strict for nothing. */
export function printValue(call: hbs.AST.MustacheStatement, value: TemplateValue, scope: TemplateScope): string {
  if (value === undefined && scope.run.strict) throw faultAt(call, `${describe(call.path)} has no value`);
  if (value === undefined || value === null) return "";
  if (typeof value === "object") {
    throw faultAt(call, `${describe(call.path)} is a ${Array.isArray(value) ? "list" : "map"}; use toYaml or toJson`);
  }
  return String(value);
}

/** Returns whether Handlebars takes a value for true: not for false, 0, "", null, nothing and the empty list. */
export function isTrue(value: TemplateValue): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function evaluatePath(path: hbs.AST.PathExpression, scope: TemplateScope): TemplateValue {
  const [first, ...rest] = path.parts;
  if (path.data) {
    const start = first === "root" ? scope.run.root : scope.variables.get(`@${first}`);
    return readMembers(start, rest);
  }
  if (path.depth === 0 && first !== undefined && scope.variables.has(first) && !/^(?:this|\.)/.test(path.original)) {
    return readMembers(scope.variables.get(first), rest);
  }
  let at: TemplateScope | undefined = scope;
  for (let depth = 0; depth < path.depth; depth++) at = at?.parent;
  return readMembers(at?.value, path.parts);
}

function readMembers(start: TemplateValue, parts: readonly string[]): TemplateValue {
  let value = start;
  for (const part of parts) {
    if (Array.isArray(value)) value = part === "length" ? value.length : value[/^\d+$/.test(part) ? Number(part) : -1];
    else value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

function describe(expression: hbs.AST.Expression | undefined): string {
  return expression !== undefined && isPath(expression) ? expression.original : "the value";
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === "PathExpression";
}

function isCall(node: hbs.AST.Node): node is hbs.AST.SubExpression {
  return node.type === "SubExpression";
}

function isLiteral(node: hbs.AST.Node): node is hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral {
  return node.type === "StringLiteral" || node.type === "NumberLiteral" || node.type === "BooleanLiteral";
}
