import { compileDynamicCall, type Invocation } from "./compile-call.ts";
import type { ExpressionCompiler } from "./compile-expression.ts";
import type { Expression } from "./compiled-template.ts";
import type { Frame } from "./frame.ts";
import { type GoMap, type GoValue, TypedMap } from "./go-value.ts";
import { readPath } from "./map-reads.ts";
import type { OperandNode, TemplateNode } from "./nodes.ts";
import { fieldOf, methodOf, missingEntry, type StaticType, staticTypeIn } from "./value-field.ts";

/** What stands around a chain of fields: the arguments and the piped value go to its last name. */
export interface ChainSite {
  readonly node: TemplateNode;
  readonly names: readonly string[];
  readonly args: readonly OperandNode[];
  readonly final: Expression | undefined;
}

/** Where a chain begins, and how Go types what is found there. */
interface ChainStart {
  readonly receiver: Expression;
  readonly type: StaticType;
}

/** One name before the last: an entry, a field, or a method without arguments. */
interface Step {
  readonly name: string;
  readonly call: Invocation;
}

/** Compiles `.a.b.c`, possibly with arguments for the last name, which must then be a method. */
export function compileChain(compiler: ExpressionCompiler, site: ChainSite, start: ChainStart): Expression {
  const { node, final } = site;
  const { receiver, type: startType } = start;
  const isChain = node.type === "chain";
  const last = site.names.at(-1) ?? "";
  const steps: readonly Step[] = site.names.slice(0, -1).map((name) => ({
    name,
    call: compileDynamicCall(compiler, { node, named: node, name, args: [], final: undefined }),
  }));
  const end = compileEnd(compiler, site, last);
  const hasArgs = site.args.length > 0 || final !== undefined;
  // What gets arguments is a method, not an entry.
  const whole = readPath(hasArgs ? site.names.slice(0, -1) : site.names);
  const { length } = site.names;
  return (frame, dot) => {
    const piped = final?.(frame, dot);
    let value = receiver(frame, dot);
    if (!isChain) frame.node = node;
    let type = startType;
    let next = 0;
    if (value instanceof TypedMap && value.reads !== undefined) {
      const found = value.reads.read(whole);
      next = found.depth;
      if (next > 0) {
        value = found.value ?? missingEntry(frame, found.within, site.names[next - 1] ?? "");
        if (next === length) return value;
        type = "interface";
      }
    }
    for (; next < length - 1; next++) {
      const step = steps[next];
      if (step === undefined) break;
      const { name, call } = step;
      if (isEntry(value, name)) {
        type = value.constructor === Map ? "interface" : staticTypeIn(value);
        value = value.get(name) ?? missingEntry(frame, value, name);
        continue;
      }
      const method = methodOf(value, name);
      if (method === undefined) {
        const container = value;
        value = fieldOf(frame, value, { name, hasArgs: false, staticType: type });
        type = staticTypeIn(container);
      } else {
        value = call(frame, dot, method);
        type = "concrete";
      }
    }
    if (!hasArgs && isEntry(value, last)) return value.get(last) ?? missingEntry(frame, value, last);
    return end(frame, dot, { value, piped, type });
  };
}

/** Whether a name is an entry of a map: maps of named types can have a method of that name instead. */
function isEntry(value: GoValue, name: string): value is GoMap {
  return value instanceof Map && (value.constructor === Map || methodOf(value, name) === undefined);
}

/** What the last name is applied to. */
interface ChainState {
  readonly value: GoValue;
  readonly piped: GoValue;
  readonly type: StaticType;
}

function compileEnd(
  compiler: ExpressionCompiler,
  site: ChainSite,
  name: string,
): (frame: Frame, dot: GoValue, state: ChainState) => GoValue {
  const { node, args } = site;
  const piped: { value: GoValue } = { value: undefined };
  const final = site.final === undefined ? undefined : (): GoValue => piped.value;
  const call = compileDynamicCall(compiler, { node, named: node, name, args, final });
  const hasArgs = args.length > 0 || final !== undefined;
  return (frame, dot, state) => {
    const method = methodOf(state.value, name);
    if (method === undefined) return fieldOf(frame, state.value, { name, hasArgs, staticType: state.type });
    piped.value = state.piped;
    return call(frame, dot, method);
  };
}
