/** A parsed text: what its nodes need to say where they stand. */
export interface SourceText {
  /** Name of the file or template that was parsed. */
  readonly name: string;
  readonly text: string;
}

interface NodeBase {
  /** Offset in the text. */
  readonly pos: number;
  readonly source: SourceText;
}

/** Operands of a command. */
export type OperandNode =
  | (NodeBase & { readonly type: "bool"; readonly value: boolean })
  | (NodeBase & { readonly type: "chain"; readonly node: OperandNode; readonly fields: readonly string[] })
  | (NodeBase & { readonly type: "dot" })
  | (NodeBase & { readonly type: "field"; readonly names: readonly string[] })
  | (NodeBase & { readonly type: "identifier"; readonly name: string })
  | (NodeBase & { readonly type: "nil" })
  | NumberNode
  | PipeNode
  | (NodeBase & { readonly type: "string"; readonly quoted: string; readonly value: string })
  | VariableNode;

/** `$name.Field.Field`; the first name starts with `$`. */
export type VariableNode = NodeBase & { readonly type: "variable"; readonly names: readonly string[] };

/** A number and what it can be read as, by Go's rules for constants. */
export type NumberNode = NodeBase & {
  readonly type: "number";
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  /** Real and imaginary part. */
  readonly complex: readonly [number, number] | undefined;
};

/** One command of a pipeline: what to call or print, then its arguments. */
export type CommandNode = NodeBase & { readonly type: "command"; readonly args: readonly OperandNode[] };

/** Commands joined by `|`, with the variables that get the result. */
export type PipeNode = NodeBase & {
  readonly type: "pipe";
  readonly isAssign: boolean;
  readonly variables: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
};

/** `if`, `range` and `with`. */
export type BranchNode = NodeBase & {
  readonly type: "if" | "range" | "with";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
};

/** A sequence of statements. */
export type ListNode = NodeBase & { readonly type: "list"; readonly nodes: readonly StatementNode[] };

/** What can stand in a list. */
export type StatementNode =
  | (NodeBase & { readonly type: "text"; readonly text: string })
  | (NodeBase & { readonly type: "action"; readonly pipe: PipeNode })
  | (NodeBase & { readonly type: "break" | "continue" })
  | (NodeBase & { readonly type: "template"; readonly name: string; readonly pipe: PipeNode | undefined })
  | BranchNode;

/** Any node of the tree. */
export type TemplateNode = OperandNode | CommandNode | ListNode | StatementNode;

/** One named template of a text. */
export interface ParsedTemplate {
  readonly name: string;
  readonly source: SourceText;
  readonly root: ListNode;
}

/** Returns whether a list holds nothing but white space; such a definition does not replace another. */
export function isEmptyList(list: ListNode): boolean {
  return list.nodes.every((node) => node.type === "text" && node.text.trim() === "");
}
