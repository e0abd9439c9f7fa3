import type { StatementCompiler } from "./compile-statement.ts";
import { broken, continued, done, type Outcome, type Statement } from "./compiled-template.ts";
import { account, execError, type Frame, tick } from "./frame.ts";
import { sortedKeys } from "./go-string.ts";
import { elementType, sliceItems } from "./go-type.ts";
import { GoInt, type GoMap, type GoValue, goInt, isGoMap } from "./go-value.ts";
import type { BranchNode } from "./nodes.ts";
import { printValue } from "./print-value.ts";

/** How one round begins: sets the variables, then the body runs with the element as dot. */
interface Loop {
  readonly body: Statement;
  readonly setIndex: ((frame: Frame, index: GoValue) => void) | undefined;
  readonly setElement: ((frame: Frame, element: GoValue) => void) | undefined;
}

/** Compiles a `range` over lists, maps in the order of their keys, and integers. */
export function compileRange(compiler: StatementCompiler, node: BranchNode): Statement {
  const { variables, expressions } = compiler;
  return variables.within(() => {
    const pipeline = expressions.pipeline(node.pipe);
    const names = node.pipe.variables.map((variable) => variable.names[0] ?? "$");
    const slots = names.map((name) => variables.find(name));
    const indexSlot = names.length > 1 ? slots[0] : undefined;
    const elementSlot = names.length > 1 ? slots[1] : slots[0];
    const otherwise = node.elseList === undefined ? undefined : variables.within(() => compileElse());
    const typeSlot = variables.declare("");
    const elementName = names.at(-1);
    if (elementName !== undefined) variables.setType(elementName, { slot: typeSlot });
    const { dotType } = expressions;
    expressions.dotType = { slot: typeSlot };
    const body = variables.within(() => compiler.list(node.list));
    expressions.dotType = dotType;
    const loop: Loop = { body, setIndex: setter(indexSlot), setElement: setter(elementSlot) };
    return (frame, dot) => {
      tick(frame);
      const value = pipeline(frame, dot);
      frame.variables[typeSlot] = !(value instanceof GoInt) && elementType(value) === "interface {}";
      const ran = runLoop(frame, loop, value);
      if (ran || otherwise === undefined) return done;
      // As in Go, a break here ends this range, which is over anyway; a continue goes on to the one around it.
      return otherwise(frame, dot) === continued ? continued : done;
    };
  });

  function compileElse(): Statement {
    return node.elseList === undefined ? () => done : compiler.list(node.elseList);
  }
}

function setter(slot: number | undefined): ((frame: Frame, value: GoValue) => void) | undefined {
  if (slot === undefined) return undefined;
  return (frame, value) => {
    frame.variables[slot] = value;
  };
}

/** Runs the rounds and returns whether there were any. */
function runLoop(frame: Frame, loop: Loop, value: GoValue): boolean {
  if (value === undefined || value === null) return false;
  if (isGoMap(value)) return loopMap(frame, loop, value);
  const items = sliceItems(value);
  if (items !== undefined) {
    // Go fixes the slice before the first round.
    const list = items.length > 0 ? items.slice() : items;
    for (const [index, item] of list.entries()) {
      if (round(frame, loop, { index: goInt(index), element: item }) === broken) break;
    }
    return list.length > 0;
  }
  if (value instanceof GoInt) {
    if (loop.setIndex !== undefined) {
      throw execError(frame, `can't use ${value.value} to iterate over more than one variable`);
    }
    for (let count = 0n; count < value.value; count++) {
      const element = value.kind === "int" ? goInt(count) : new GoInt(count, value.kind);
      if (round(frame, loop, { index: undefined, element }) === broken) break;
    }
    return value.value > 0n;
  }
  throw execError(frame, `range can't iterate over ${printValue(value)}`);
}

function loopMap(frame: Frame, loop: Loop, map: GoMap): boolean {
  // Go fixes the entries before the first round.
  const entries = sortedKeys(map).map((key): readonly [string, GoValue] => [key, map.get(key)]);
  for (const [index, element] of entries) {
    if (round(frame, loop, { index, element }) === broken) break;
  }
  return entries.length > 0;
}

function round(frame: Frame, loop: Loop, now: { readonly index: GoValue; readonly element: GoValue }): Outcome {
  loop.setElement?.(frame, now.element);
  loop.setIndex?.(frame, now.index);
  const before = frame.out.length;
  tick(frame);
  const outcome = loop.body(frame, now.element);
  if (frame.out.length - before > 0) account(frame, frame.out.length - before);
  return outcome;
}
