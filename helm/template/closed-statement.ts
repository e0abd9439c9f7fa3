import type { CommandNode, ListNode, OperandNode, PipeNode, StatementNode } from "./nodes.ts";

/** A statement that changes no variable and no loop around it: given the same data and variables it writes the same. */
export interface ClosedStatement {
  /** The variables around it that it reads, besides `$`. */
  readonly variables: readonly string[];
  /** Whether it calls functions that take so long that the same statement in another template is worth knowing. */
  readonly isCostly: boolean;
}

/** Functions that take so long that it is worth knowing whether their arguments are what they were. */
const costly: ReadonlySet<string> = new Set(
  (
    "include tpl toYaml toYamlPretty toJson toPrettyJson toRawJson fromYaml fromJson sha1sum sha256sum sha512sum merge " +
    "mergeOverwrite deepCopy regexMatch regexReplaceAll"
  ).split(" "),
);

/** Up to so many pieces are not worth looking at one by one. */
const fewPieces = 2;

/**
 * Returns what is to be known of a statement to write its text again without running it; undefined where it is not closed, and
 * where it is so short that running it takes no longer, or so long that its parts are looked at one by one.
 */
export function closedStatement(node: StatementNode): ClosedStatement | undefined {
  if (!isPiece(node)) return undefined;
  const around = new Set<string>();
  if (!isClosed(node, { declared: [], around })) return undefined;
  return { variables: [...around], isCostly: isCostly(node) };
}

/**
 * Returns what is to be known of a pipeline to know its value without running it; undefined where it calls nothing, and where
 * that is not known. What is given to its own variables is left to the caller.
 */
export function closedPipe(pipe: PipeNode): ClosedStatement | undefined {
  const around = new Set<string>();
  if (!pipeHas(pipe, () => true) || !isClosedWithin(pipe, { declared: [], around })) return undefined;
  return { variables: [...around], isCostly: false };
}

function isCostly(node: StatementNode): boolean {
  switch (node.type) {
    case "range":
    case "with":
      return true;
    case "if":
      return node.list.nodes.some(isCostly) || (node.elseList?.nodes.some(isCostly) ?? false);
    case "action":
      return pipeHas(node.pipe, (name) => costly.has(name));
    case "template":
    case "text":
    case "break":
    case "continue":
      return false;
  }
}

/** Returns whether a list has so many statements worth remembering that its text is better put together from theirs. */
function hasPieces(list: ListNode): boolean {
  return countPieces(list) > fewPieces;
}

function isPiece(node: StatementNode): boolean {
  switch (node.type) {
    case "text":
    case "break":
    case "continue":
      return false;
    case "action":
      return node.pipe.variables.length === 0 && pipeHas(node.pipe, () => true);
    case "if":
      return !hasPieces(node.list) && (node.elseList === undefined || !hasPieces(node.elseList));
    case "template":
    case "range":
    case "with":
      return true;
  }
}

function countPieces({ nodes }: ListNode): number {
  let count = 0;
  for (const node of nodes) {
    if (isPiece(node)) count++;
    else if (node.type === "if") {
      count += countPieces(node.list) + (node.elseList === undefined ? 0 : countPieces(node.elseList));
    }
  }
  return count;
}

/** The variables that a statement declares itself, those of a block end with it, and those around it that it reads. */
interface Variables {
  readonly declared: string[];
  readonly around: Set<string>;
}

function within({ declared, around }: Variables): Variables {
  return { declared: [...declared], around };
}

function isClosed(node: StatementNode, variables: Variables): boolean {
  switch (node.type) {
    case "text":
      return true;
    case "action":
      return isClosedPipe(node.pipe, variables);
    case "break":
    case "continue":
      return false;
    case "template":
      return node.pipe === undefined || isClosedPipe(node.pipe, variables);
    case "if":
    case "with":
    case "range": {
      const inner = within(variables);
      if (!isClosedPipe(node.pipe, inner) || !isClosedList(node.list, within(inner))) return false;
      return node.elseList === undefined || isClosedList(node.elseList, inner);
    }
  }
}

function isClosedList(list: ListNode, variables: Variables): boolean {
  return list.nodes.every((node) => isClosed(node, variables));
}

function isClosedPipe(pipe: PipeNode, variables: Variables): boolean {
  const { declared } = variables;
  if (!isClosedWithin(pipe, variables)) return false;
  const names = pipe.variables.map((variable) => variable.names[0] ?? "$");
  if (pipe.isAssign) return names.every((name) => declared.includes(name));
  declared.push(...names);
  return true;
}

/** Notes the variables that the commands of a pipe read; false where a pipe within it declares some. */
function isClosedWithin(pipe: PipeNode, variables: Variables): boolean {
  return pipe.commands.every((command) => command.args.every((operand) => isClosedOperand(operand, variables)));
}

function isClosedOperand(node: OperandNode, variables: Variables): boolean {
  if (node.type === "chain") return isClosedOperand(node.node, variables);
  if (node.type === "pipe") return node.variables.length === 0 && isClosedWithin(node, variables);
  const name = node.type === "variable" ? node.names[0] : undefined;
  if (name !== undefined && name !== "$" && !variables.declared.includes(name)) variables.around.add(name);
  return true;
}

function pipeHas(pipe: PipeNode, test: (functionName: string) => boolean): boolean {
  const has = ({ args }: CommandNode): boolean => {
    const [first] = args;
    if (first?.type === "identifier" && test(first.name)) return true;
    return args.some((operand) => operand.type === "pipe" && pipeHas(operand, test));
  };
  return pipe.commands.some(has);
}
