import { CelFault } from "./cel-fault.ts";
import type { CelNode } from "./cel-node.ts";

/** Parts inside parts, of chains such as `a + b + …`, too. */
export const maxDepth = 200;

/** What a node is made of; its place and depth are added. */
export type NodeShape = CelNode extends infer Node
  ? Node extends CelNode
    ? Omit<Node, "at" | "depth">
    : never
  : never;

/** Returns a node over those below it. Throws `CelFault` where it is too deep to be evaluated. */
export function makeNode(at: number, shape: NodeShape, below: readonly (CelNode | undefined)[]): CelNode {
  const depth = 1 + Math.max(0, ...below.map((node) => node?.depth ?? 0));
  if (depth > maxDepth) throw new CelFault(`the expression is nested more than ${maxDepth} deep`, at);
  return { ...shape, at, depth };
}
