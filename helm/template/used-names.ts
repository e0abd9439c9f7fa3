import type { OperandNode, PipeNode } from "./nodes.ts";

/** What a pipeline is written with. */
export interface UsedNames {
  /** Variables besides `$`, each as `$name`. */
  readonly variables: readonly string[];
  /** Whether it reads the dot or a field of it. */
  readonly dot: boolean;
}

/** Returns the variables that a pipeline reads, and whether it reads the dot. */
export function usedNames(pipe: PipeNode): UsedNames {
  const variables = new Set<string>();
  let dot = false;
  const visit = (node: OperandNode): void => {
    if (node.type === "dot" || node.type === "field") dot = true;
    else if (node.type === "variable" && node.names[0] !== undefined && node.names[0] !== "$")
      variables.add(node.names[0]);
    else if (node.type === "chain") visit(node.node);
    else if (node.type === "pipe") visitPipe(node);
  };
  const visitPipe = ({ commands }: PipeNode): void => {
    for (const command of commands) for (const operand of command.args) visit(operand);
  };
  visitPipe(pipe);
  return { variables: [...variables], dot };
}
