import { CelFault } from "./cel-fault.ts";
import type { CelNode, LoopKind } from "./cel-node.ts";
import { makeNode } from "./make-node.ts";

/** A call as it was read. */
export interface ReadCall {
  readonly at: number;
  readonly name: string;
  readonly target: CelNode | undefined;
  readonly parameters: readonly CelNode[];
}

const loops: Readonly<Record<string, LoopKind>> = {
  all: "all",
  exists: "exists",
  exists_one: "exists_one",
  existsOne: "exists_one",
  filter: "filter",
  map: "map",
};

/** Returns what a macro stands for, undefined for a call of a function. Throws `CelFault` where its variable is no name. */
export function expandMacro(call: ReadCall): CelNode | undefined {
  const { name, target, parameters } = call;
  if (target === undefined) return name === "has" ? expandHas(call) : undefined;
  if (name === "optMap" || name === "optFlatMap") {
    const [variable, to] = parameters;
    if (variable === undefined || to === undefined || parameters.length !== 2) return undefined;
    const flat = name === "optFlatMap";
    return makeNode(call.at, { type: "optional", of: target, name: nameOf(variable), to, flat }, [target, to]);
  }
  const kind = Object.hasOwn(loops, name) ? loops[name] : undefined;
  return kind === undefined ? undefined : expandLoop(call, target, kind);
}

function expandHas({ at, parameters }: ReadCall): CelNode {
  const [path] = parameters;
  if (parameters.length !== 1 || path?.type !== "member" || path.optional) {
    throw new CelFault("has() asks for a field: has(status.phase)", path?.at ?? at);
  }
  return makeNode(at, { type: "has", of: path.of, name: path.name }, [path.of]);
}

function expandLoop({ at, parameters }: ReadCall, over: CelNode, kind: LoopKind): CelNode | undefined {
  const [first, second, third] = parameters;
  if (first === undefined || second === undefined || parameters.length > 3) return undefined;
  if (kind === "map") {
    const to = third ?? second;
    const test = third === undefined ? undefined : second;
    return makeNode(at, { type: "loop", kind, over, names: [nameOf(first)], test, to }, [over, test, to]);
  }
  if (third === undefined) {
    return makeNode(at, { type: "loop", kind, over, names: [nameOf(first)], test: second, to: undefined }, [
      over,
      second,
    ]);
  }
  if (kind === "filter") return undefined;
  const names = [nameOf(first), nameOf(second)];
  return makeNode(at, { type: "loop", kind, over, names, test: third, to: undefined }, [over, third]);
}

function nameOf(node: CelNode): string {
  if (node.type !== "name") throw new CelFault("the first parameter of a macro is the name of its variable", node.at);
  return node.name;
}
