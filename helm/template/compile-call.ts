import { checkArgument, nilArgument } from "./check-argument.ts";
import type { Argument, Expression } from "./compiled-template.ts";
import type { ExpressionCompiler } from "./compile-expression.ts";
import { execError, type Frame, isStackFull, limitFailure, tick } from "./frame.ts";
import { type GoFunction, type ParamType, paramTypeNames } from "./go-function.ts";
import { isTrue, typeName } from "./go-type.ts";
import { GoPanic, type GoValue } from "./go-value.ts";
import { nodeText } from "./node-text.ts";
import { compileLiteral } from "./compile-literal.ts";
import type { OperandNode, TemplateNode } from "./nodes.ts";
import { printValue } from "./print-value.ts";
import { TemplateExecError } from "./template-error.ts";
import { counted, weigh } from "./weigh-call.ts";

/** A call as it is written: the node that errors name, the function's name, arguments, and the value from the pipe. */
export interface CallSite {
  readonly node: TemplateNode;
  /** The node of the function's name alone. */
  readonly named: TemplateNode;
  readonly name: string;
  readonly args: readonly OperandNode[];
  readonly final: Expression | undefined;
}

/** A compiled call whose function is handed in when it runs; it must have the signature that was compiled. */
export type Invocation = (frame: Frame, dot: GoValue, callee: GoFunction) => GoValue;

/** Compiles the call of a function known by now. */
export function compileCall(compiler: ExpressionCompiler, fn: GoFunction, site: CallSite): Expression {
  if (
    checkCount(fn, site) === undefined &&
    fn.changesMaps === undefined &&
    fn.shortCircuit === undefined &&
    site.name !== "call"
  ) {
    const direct = compileDirectCall(compiler, fn, site);
    if (direct !== undefined) return direct;
  }
  const invocation = compileInvocation(compiler, fn, site);
  return (frame, dot) => invocation(frame, dot, fn);
}

/** The calls that make up nearly all of a template, without a list of arguments: of one or two values. */
function compileDirectCall(compiler: ExpressionCompiler, fn: GoFunction, site: CallSite): Expression | undefined {
  const { final, named } = site;
  const [first, second, ...more] = site.args.map((arg, index) => compileArgument(compiler, arg, paramAt(fn, index)));
  if (first === undefined || more.length > 0 || (second !== undefined && final !== undefined)) return undefined;
  if (second === undefined && final === undefined) {
    return (frame, dot) => {
      const value = first(frame, dot);
      tick(frame);
      try {
        weigh(frame, value, site.name);
        noteSteadiness(frame, fn);
        return counted(frame, fn.scoped ? fn.run(frame, value) : fn.run(value));
      } catch (error) {
        throw callFailure(frame, error, site);
      }
    };
  }
  const type = paramAt(fn, 1);
  return (frame, dot) => {
    const piped = final?.(frame, dot);
    if (final !== undefined) frame.node = named;
    const value = first(frame, dot);
    const other = second === undefined ? checkArgument(frame, piped, type) : second(frame, dot);
    tick(frame);
    try {
      weigh(frame, value, site.name);
      weigh(frame, other, site.name);
      noteSteadiness(frame, fn);
      return counted(frame, fn.scoped ? fn.run(frame, value, other) : fn.run(value, other));
    } catch (error) {
      throw callFailure(frame, error, site);
    }
  };
}

/** Compiles a call whose function is known only when it runs, as methods are. */
export function compileDynamicCall(compiler: ExpressionCompiler, site: CallSite): Invocation {
  const compiled = new Map<string, Invocation>();
  // A method is known when it runs, and then the variables of its arguments are out of the compiler's sight.
  const inPlace = site.args.length === 0 ? undefined : compiler.snapshot();
  return (frame, dot, callee) => {
    const signature = `${callee.params.join()}${callee.variadic ? "…" : ""}`;
    let invocation = compiled.get(signature);
    if (invocation === undefined) {
      const compile = (): Invocation => compileInvocation(compiler, callee, site);
      invocation = inPlace === undefined ? compile() : inPlace(compile);
      compiled.set(signature, invocation);
    }
    return invocation(frame, dot, callee);
  };
}

function compileInvocation(compiler: ExpressionCompiler, fn: GoFunction, site: CallSite): Invocation {
  const count = checkCount(fn, site);
  if (count !== undefined) {
    const { final } = site;
    return (frame, dot) => {
      final?.(frame, dot);
      frame.node = site.named;
      return fail(frame, count);
    };
  }
  if (site.name === "call") return compileCallOfValue(compiler, site);
  if (fn.shortCircuit !== undefined) return compileShortCircuit(compiler, fn.shortCircuit, site);
  const evaluate = compileArguments(compiler, fn, site);
  return (frame, dot, callee) => invoke(frame, callee, { site, values: evaluate(frame, dot) });
}

function invoke(frame: Frame, fn: GoFunction, call: { readonly site: CallSite; readonly values: unknown[] }): GoValue {
  tick(frame);
  try {
    for (const value of call.values) weigh(frame, value, call.site.name);
    const { run } = frame;
    if (fn.changesMaps !== undefined) {
      run.changes++;
      run.memory.noteChange(call.values, fn.changesMaps === "deep");
    }
    noteSteadiness(frame, fn);
    return counted(frame, fn.scoped ? fn.run(frame, ...call.values) : fn.run(...call.values));
  } catch (error) {
    throw callFailure(frame, error, call.site);
  }
}

/** What a function makes of the cluster, the clock or chance is not remembered. */
function noteSteadiness({ run }: Frame, fn: GoFunction): void {
  if (fn.scoped && fn.steady !== true) run.memory.unsteady++;
}

function fail(frame: Frame, message: string): never {
  throw execError(frame, message);
}

/** Returns the error of a call: limits stay what they are, what is no failure of the function stays a bug. */
function callFailure(
  frame: Frame,
  error: unknown,
  call: { readonly node: TemplateNode; readonly name: string },
): unknown {
  if (isStackFull(error)) return error;
  frame.node = call.node;
  const limit = limitFailure(frame, error);
  if (limit !== undefined) return limit;
  if (!(error instanceof GoPanic) && !(error instanceof TemplateExecError)) return error;
  return execError(frame, `error calling ${call.name}: ${error.message}`, error);
}

function checkCount(fn: GoFunction, site: CallSite): string | undefined {
  const given = site.args.length + (site.final === undefined ? 0 : 1);
  const declared = fn.params.length;
  if (!fn.variadic) {
    if (given === declared) return undefined;
    return `wrong number of args for ${site.name}: want ${declared} got ${given}`;
  }
  if (given >= declared - 1) return undefined;
  return `wrong number of args for ${site.name}: want at least ${declared - 1} got ${site.args.length}`;
}

function paramAt(fn: GoFunction, index: number): ParamType {
  const last = fn.params.at(-1) ?? "any";
  return fn.params[index] ?? last;
}

/** `call` has nothing to call: no value of ours is a function. Go names the argument as it is written. */
function compileCallOfValue(compiler: ExpressionCompiler, site: CallSite): Expression {
  const callee = site.args[0];
  const evaluate = callee === undefined ? site.final : compileValue(compiler, callee);
  const others = site.args.slice(1).map((arg) => compileValue(compiler, arg));
  return (frame, dot) => {
    const value = evaluate?.(frame, dot);
    for (const other of others) other(frame, dot);
    const name = callee === undefined ? printValue(value) : nodeText(callee);
    const fault =
      value === null || value === undefined ? "call of nil" : `non-function ${name} of type ${typeName(value)}`;
    throw callFailure(frame, new GoPanic(fault), site);
  };
}

type Evaluate = (frame: Frame, dot: GoValue) => unknown[];

function compileArguments(compiler: ExpressionCompiler, fn: GoFunction, site: CallSite): Evaluate {
  const args = site.args.map((arg, index) => compileArgument(compiler, arg, paramAt(fn, index)));
  const { final } = site;
  const [first, second] = args;
  if (final === undefined) {
    if (first === undefined) return () => [];
    if (second === undefined) return (frame, dot) => [first(frame, dot)];
    if (args.length === 2) return (frame, dot) => [first(frame, dot), second(frame, dot)];
    return (frame, dot) => args.map((arg) => arg(frame, dot));
  }
  const type = paramAt(fn, args.length);
  const named = site.named;
  if (args.length === 0) {
    return (frame, dot) => {
      const piped = final(frame, dot);
      frame.node = named;
      return [checkArgument(frame, piped, type)];
    };
  }
  // The piped value is evaluated before the written arguments, and checked after them.
  return (frame, dot) => {
    const piped = final(frame, dot);
    frame.node = named;
    const values = args.map((arg) => arg(frame, dot));
    values.push(checkArgument(frame, piped, type));
    return values;
  };
}

function compileShortCircuit(compiler: ExpressionCompiler, word: "and" | "or", site: CallSite): Expression {
  const args = site.args.map((arg) => compileValue(compiler, arg));
  const { final } = site;
  return (frame, dot) => {
    const piped = final?.(frame, dot);
    frame.node = site.named;
    let value: GoValue;
    for (const arg of args) {
      value = arg(frame, dot);
      if (isTrue(value) === (word === "or")) return value;
    }
    return final === undefined ? value : piped;
  };
}

function compileValue(compiler: ExpressionCompiler, node: OperandNode): Expression {
  if (node.type === "nil") {
    return (frame) => {
      frame.node = node;
      return null;
    };
  }
  const expression = compiler.operand(node);
  return (frame, dot) => {
    frame.node = node;
    return expression(frame, dot);
  };
}

function compileArgument(compiler: ExpressionCompiler, node: OperandNode, type: ParamType): Argument {
  if (node.type === "nil") {
    const nil = nilArgument(type);
    return (frame) => {
      frame.node = node;
      return nil === undefined ? fail(frame, `cannot assign nil to ${paramTypeNames[type]}`) : nil.value;
    };
  }
  if (node.type === "bool" || node.type === "string" || node.type === "number") return compileLiteral(node, type);
  const expression = compiler.operand(node);
  return (frame, dot) => {
    frame.node = node;
    return checkArgument(frame, expression(frame, dot), type);
  };
}
