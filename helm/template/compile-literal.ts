import type { Argument } from "./compiled-template.ts";
import { execError } from "./frame.ts";
import { type ParamType, paramTypeNames } from "./go-function.ts";
import { nodeText } from "./node-text.ts";
import { constantOf } from "./number-constant.ts";
import type { OperandNode } from "./nodes.ts";

/** Operands that say their value. */
export type Literal = Extract<OperandNode, { type: "bool" | "string" | "number" }>;

/** Compiles a literal as an argument for a parameter: Go reads it as what the parameter is. */
export function compileLiteral(node: Literal, type: ParamType): Argument {
  const value = literalValue(node, type);
  if (value !== undefined) {
    return (frame) => {
      frame.node = node;
      return value;
    };
  }
  const message = literalFault(node, type);
  return (frame) => {
    frame.node = node;
    throw execError(frame, message);
  };
}

function literalValue(node: Literal, type: ParamType): unknown {
  switch (type) {
    case "any":
    case "value":
      return node.type === "number" ? constantOf(node) : node.value;
    case "string":
      return node.type === "string" ? node.value : undefined;
    case "bool":
      return node.type === "bool" ? node.value : undefined;
    case "float64":
      return node.type === "number" ? node.float : undefined;
    case "int":
      return node.type === "number" && node.int !== undefined ? Number(node.int) : undefined;
    case "int64":
      return node.type === "number" ? node.int : undefined;
    case "uint32":
      return node.type === "number" && node.uint !== undefined ? Number(node.uint) : undefined;
    case "map":
    case "list":
    case "time":
    case "certificate":
      return undefined;
  }
}

const literalNames: Partial<Record<ParamType, string>> = {
  string: "string",
  bool: "bool",
  float64: "float",
  int: "integer",
  int64: "integer",
  uint32: "unsigned integer",
};

function literalFault(node: Literal, type: ParamType): string {
  const expected = literalNames[type];
  if (expected !== undefined) return `expected ${expected}; found ${nodeText(node)}`;
  if ((type === "any" || type === "value") && node.type === "number") return `${node.text} overflows int`;
  return `can't handle ${nodeText(node)} for arg of type ${paramTypeNames[type]}`;
}
