import { type CallSite, compileCall } from "./compile-call.ts";
import { type ChainSite, compileChain } from "./compile-chain.ts";
import type { Expression } from "./compiled-template.ts";
import { execError, type Frame } from "./frame.ts";
import type { FunctionTable } from "./go-function.ts";
import type { GoValue } from "./go-value.ts";
import { nodeText } from "./node-text.ts";
import { constantOf } from "./number-constant.ts";
import type { CommandNode, OperandNode, PipeNode, VariableNode } from "./nodes.ts";
import { quoteString } from "./quote-string.ts";
import type { StaticType } from "./value-field.ts";
import type { VariableScope } from "./variable-scope.ts";

/** Compiles pipelines and operands of one template. */
export interface ExpressionCompiler {
  /** Returns an operand's value where nothing is said about its type. */
  readonly operand: (node: OperandNode) => Expression;
  /** Returns a pipeline's value after it was given to its variables. */
  readonly pipeline: (node: PipeNode) => Expression;
  /** Set while the body of a `range` is compiled: its dot is an element, which Go types as `interface {}`. */
  dotType: StaticType;
  /** Returns a function that runs another one with the variables of this place: for what is compiled only when it runs. */
  readonly snapshot: () => <T>(compile: () => T) => T;
}

interface Parts {
  readonly functions: FunctionTable;
  readonly variables: VariableScope;
}

/** Returns the compiler of a template's expressions. */
export function createExpressionCompiler(parts: Parts): ExpressionCompiler {
  const compiler: ExpressionCompiler = {
    operand: (node) => compileOperand(node, [], undefined),
    pipeline: compilePipeline,
    dotType: "concrete",
    snapshot: () => {
      const { dotType } = compiler;
      const seen = parts.variables.snapshot();
      return (compile) => {
        const now = compiler.dotType;
        compiler.dotType = dotType;
        try {
          return seen(compile);
        } finally {
          compiler.dotType = now;
        }
      };
    },
  };
  return compiler;

  function compilePipeline(pipe: PipeNode): Expression {
    let value: Expression | undefined;
    for (const command of pipe.commands) value = unwrapped(compileCommand(command, value));
    const last = value ?? (() => undefined);
    const [slot, second] = pipe.variables.map((variable) => declare(variable, pipe.isAssign));
    if (slot === undefined) {
      return (frame, dot) => {
        frame.node = pipe;
        return last(frame, dot);
      };
    }
    return (frame, dot) => {
      frame.node = pipe;
      const result = last(frame, dot);
      for (const index of second === undefined ? [slot] : [slot, second]) {
        if (index.slot === undefined) throw execError(frame, `undefined variable: ${index.name}`);
        frame.variables[index.slot] = result;
      }
      return result;
    };
  }

  function declare(
    variable: VariableNode,
    isAssign: boolean,
  ): { readonly name: string; readonly slot: number | undefined } {
    const name = variable.names[0] ?? "$";
    return { name, slot: isAssign ? parts.variables.find(name) : parts.variables.declare(name) };
  }

  function compileCommand(command: CommandNode, final: Expression | undefined): Expression {
    const [first, ...args] = command.args;
    if (first === undefined) return () => undefined;
    if (first.type === "identifier") return compileFunction(first, { node: command, args, final });
    return compileOperand(first, args, final);
  }

  function compileFunction(
    first: Extract<OperandNode, { type: "identifier" }>,
    rest: Pick<CallSite, "node" | "args" | "final">,
  ): Expression {
    const fn = parts.functions.get(first.name);
    if (fn === undefined) {
      return (frame) => {
        frame.node = first;
        throw execError(frame, `${quoteString(first.name)} is not a defined function`);
      };
    }
    return compileCall(compiler, fn, { ...rest, name: first.name, named: first });
  }

  function compileOperand(node: OperandNode, args: readonly OperandNode[], final: Expression | undefined): Expression {
    if (node.type === "field") {
      const start = { receiver: (_: Frame, dot: GoValue): GoValue => dot, type: compiler.dotType };
      return compileChain(compiler, { node, names: node.names, args, final }, start);
    }
    if (node.type === "chain") return compileChainNode(node, { node, names: node.fields, args, final });
    if (node.type === "variable") return compileVariable(node, { node, names: node.names.slice(1), args, final });
    if (node.type === "identifier") return compileFunction(node, { node, args, final });
    const value = compilePlain(node);
    if (args.length === 0 && final === undefined) return value;
    return (frame, dot) => {
      final?.(frame, dot);
      if (node.type !== "pipe") frame.node = node;
      throw execError(frame, `can't give argument to non-function ${nodeText(node)}`);
    };
  }

  function compilePlain(
    node: Exclude<OperandNode, { type: "field" | "chain" | "variable" | "identifier" }>,
  ): Expression {
    switch (node.type) {
      case "pipe":
        return compilePipeline(node);
      case "dot":
        return (frame, dot) => {
          frame.node = node;
          return dot;
        };
      case "nil":
        return (frame) => {
          frame.node = node;
          throw execError(frame, "nil is not a command");
        };
      case "number": {
        const value = constantOf(node);
        return (frame) => {
          frame.node = node;
          if (value === undefined) throw execError(frame, `${node.text} overflows int`);
          return value;
        };
      }
      case "bool":
      case "string":
        return (frame) => {
          frame.node = node;
          return node.value;
        };
    }
  }

  function compileVariable(node: VariableNode, site: ChainSite): Expression {
    const name = node.names[0] ?? "$";
    const slot = parts.variables.find(name);
    const type = parts.variables.typeOf(name);
    const receiver: Expression = (frame) => {
      frame.node = node;
      if (slot === undefined) throw execError(frame, `undefined variable: ${name}`);
      return frame.variables[slot];
    };
    if (site.names.length > 0) return compileChain(compiler, site, { receiver, type });
    if (site.args.length === 0 && site.final === undefined) return receiver;
    return (frame, dot) => {
      site.final?.(frame, dot);
      frame.node = node;
      throw execError(frame, `can't give argument to non-function ${nodeText(node)}`);
    };
  }

  function compileChainNode(node: Extract<OperandNode, { type: "chain" }>, site: ChainSite): Expression {
    if (node.node.type === "nil") {
      return (frame) => {
        frame.node = node;
        throw execError(frame, `indirection through explicit nil in ${nodeText(node)}`);
      };
    }
    const inner = compileOperand(node.node, [], undefined);
    const start = node.node;
    return compileChain(compiler, site, {
      type: "concrete",
      receiver: (frame, dot) => {
        frame.node = start;
        return inner(frame, dot);
      },
    });
  }
}

function unwrapped(expression: Expression): Expression {
  return (frame, dot) => {
    const value = expression(frame, dot);
    return value === null ? undefined : value;
  };
}
