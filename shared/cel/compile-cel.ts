import { callFunction, overloadsOf, unknownFunction } from "./call-function.ts";
import { createBudget } from "./cel-budget.ts";
import { CelFault } from "./cel-fault.ts";
import type { CelNode } from "./cel-node.ts";
import { type CelValue, celFromJson } from "./cel-value.ts";
import { evaluateNode } from "./evaluate-node.ts";
import { parseCel } from "./parse-cel.ts";
import { type JsonObject, type JsonValue } from "../../codec/json-value.ts";

/** An expression that was read and found to call functions that exist. */
export interface CelProgram {
  /**
   * Returns the expression's value where each name is a field of the object, and `self` the object itself. Throws `CelFault`;
   * what it costs is bounded, whatever the object.
   */
  evaluate(object: JsonObject): CelValue;
}

/** Returns an expression ready to be evaluated. Throws `CelFault` with the place of what is wrong. */
export function compileCel(text: string): CelProgram {
  const node = parseCel(text);
  checkNode(node);
  return {
    evaluate: (object) => {
      const budget = createBudget();
      const values = new Map<string, CelValue>();
      const lookup = (name: string): CelValue | undefined => {
        const known = values.get(name);
        const field: JsonValue | undefined =
          name === "self" ? object : Object.hasOwn(object, name) ? object[name] : undefined;
        if (known !== undefined || field === undefined) return known;
        const value = celFromJson(field, budget);
        values.set(name, value);
        return value;
      };
      return evaluateNode(node, { lookup, budget });
    },
  };
}

function checkNode(node: CelNode): void {
  if (node.type === "call") checkCall(node);
  for (const below of partsOf(node)) checkNode(below);
}

function checkCall({ name, target, parameters, at }: Extract<CelNode, { type: "call" }>): void {
  const count = parameters.length;
  const qualified = target?.type === "name" ? `${target.name}.${name}` : "";
  if (overloadsOf(qualified, { method: false, count }).length > 0) return;
  const method = target !== undefined;
  if (overloadsOf(name, { method, count }).length === 0) throw new CelFault(unknownFunction(name, method), at);
  checkLiterals(name, target, parameters);
}

const takesPattern: ReadonlySet<string> = new Set(["find", "findAll", "matches"]);

/** What is written in the expression is tried before there is an object: a pattern, a time, a number as text. */
function checkLiterals(name: string, target: CelNode | undefined, parameters: readonly CelNode[]): void {
  const values = parameters.flatMap((parameter) => (parameter.type === "literal" ? [parameter.value] : []));
  const pattern = takesPattern.has(name) && target !== undefined;
  if (values.length !== parameters.length || values.length === 0 || (target !== undefined && !pattern)) return;
  try {
    callFunction({ name, target: pattern ? "" : undefined, parameters: values }, createBudget());
  } catch (error) {
    if (!(error instanceof CelFault)) throw error;
    throw new CelFault(error.message, parameters[0]?.at);
  }
}

function partsOf(node: CelNode): readonly CelNode[] {
  switch (node.type) {
    case "literal":
    case "name":
      return [];
    case "member":
    case "has":
    case "unary":
      return [node.of];
    case "index":
      return [node.of, node.key];
    case "call":
      return node.target === undefined ? node.parameters : [node.target, ...node.parameters];
    case "list":
      return node.items.map(({ value }) => value);
    case "map":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "binary":
    case "logic":
      return [node.left, node.right];
    case "choice":
      return [node.test, node.yes, node.no];
    case "loop":
      return [node.over, node.test, node.to].filter((part) => part !== undefined);
    case "optional":
      return [node.of, node.to];
  }
}
