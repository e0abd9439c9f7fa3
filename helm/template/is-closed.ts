import type { CommandNode, ListNode, OperandNode, PipeNode, StatementNode } from "./nodes.ts";

/** Functions that take so long that it is worth knowing whether their arguments are what they were. */
const costly: ReadonlySet<string> = new Set(
  (
    "include tpl toYaml toYamlPretty toJson toPrettyJson toRawJson fromYaml fromJson sha1sum sha256sum sha512sum merge " +
    "mergeOverwrite deepCopy regexMatch regexReplaceAll"
  ).split(" "),
);

/** The variables that a statement declares itself; those of a block end with it. */
type Declared = string[];

/**
 * Returns whether a statement calls costly functions and depends on nothing but the dot and `$`, and changes no variable
 * and no loop around it: given the same data it writes the same, unless a function in it is not steady.
 */
export function isClosedAndCostly(node: StatementNode): boolean {
  if (node.type === "action") {
    return node.pipe.variables.length === 0 && pipeHas(node.pipe, isCostly) && isClosedPipe(node.pipe, []);
  }
  return (node.type === "range" || node.type === "with") && isClosed(node, []);
}

function isClosed(node: StatementNode, declared: Declared): boolean {
  switch (node.type) {
    case "text":
      return true;
    case "action":
      return isClosedPipe(node.pipe, declared);
    case "break":
    case "continue":
      return false;
    case "template":
      return node.pipe === undefined || isClosedPipe(node.pipe, declared);
    case "if":
    case "with":
    case "range": {
      const inner = [...declared];
      if (!isClosedPipe(node.pipe, inner) || !isClosedList(node.list, [...inner])) return false;
      return node.elseList === undefined || isClosedList(node.elseList, inner);
    }
  }
}

function isClosedList(list: ListNode, declared: Declared): boolean {
  return list.nodes.every((node) => isClosed(node, declared));
}

function isClosedPipe(pipe: PipeNode, declared: Declared): boolean {
  const isKnown = (node: OperandNode): boolean => node.type !== "variable" || isOwn(node.names[0], declared);
  if (!pipe.commands.every((command) => command.args.every((operand) => allOperands(operand, isKnown)))) return false;
  const names = pipe.variables.map((variable) => variable.names[0] ?? "$");
  if (pipe.isAssign) return names.every((name) => declared.includes(name));
  declared.push(...names);
  return true;
}

function isOwn(name: string | undefined, declared: Declared): boolean {
  return name === "$" || (name !== undefined && declared.includes(name));
}

function allOperands(node: OperandNode, holds: (node: OperandNode) => boolean): boolean {
  if (node.type === "chain") return allOperands(node.node, holds);
  if (node.type !== "pipe") return holds(node);
  return (
    node.variables.length === 0 &&
    node.commands.every((command) => command.args.every((operand) => allOperands(operand, holds)))
  );
}

function pipeHas(pipe: PipeNode, test: (command: CommandNode) => boolean): boolean {
  return pipe.commands.some(
    (command) => test(command) || command.args.some((operand) => operand.type === "pipe" && pipeHas(operand, test)),
  );
}

function isCostly(command: CommandNode): boolean {
  const [first] = command.args;
  return first?.type === "identifier" && costly.has(first.name);
}
