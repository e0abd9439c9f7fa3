import { quoteString } from "./quote-string.ts";
import type { ListNode, OperandNode, PipeNode, TemplateNode } from "./nodes.ts";

/** Returns a node as Go prints it in error messages. */
export function nodeText(node: TemplateNode): string {
  switch (node.type) {
    case "text":
      return node.text;
    case "action":
      return `{{${nodeText(node.pipe)}}}`;
    case "break":
    case "continue":
      return `{{${node.type}}}`;
    case "template":
      return `{{template ${quoteString(node.name)}${node.pipe === undefined ? "" : ` ${nodeText(node.pipe)}`}}}`;
    case "if":
    case "range":
    case "with": {
      const otherwise = node.elseList === undefined ? "" : `{{else}}${listText(node.elseList)}`;
      return `{{${node.type} ${nodeText(node.pipe)}}}${listText(node.list)}${otherwise}{{end}}`;
    }
    case "list":
      return listText(node);
    case "command":
      return node.args.map((arg) => groupedText(arg)).join(" ");
    case "pipe":
      return pipeText(node);
    case "bool":
    case "chain":
    case "dot":
    case "field":
    case "identifier":
    case "nil":
    case "number":
    case "string":
    case "variable":
      return operandText(node);
  }
}

function listText(list: ListNode): string {
  return list.nodes.map((node) => nodeText(node)).join("");
}

function groupedText(node: OperandNode): string {
  return node.type === "pipe" ? `(${pipeText(node)})` : operandText(node);
}

function pipeText(pipe: PipeNode): string {
  const commands = pipe.commands.map((command) => nodeText(command)).join(" | ");
  if (pipe.variables.length === 0) return commands;
  const names = pipe.variables.map((variable) => variable.names.join(".")).join(", ");
  return `${names} ${pipe.isAssign ? "=" : ":="} ${commands}`;
}

function operandText(node: OperandNode): string {
  switch (node.type) {
    case "bool":
      return String(node.value);
    case "chain":
      return `${groupedText(node.node)}.${node.fields.join(".")}`;
    case "dot":
      return ".";
    case "field":
      return `.${node.names.join(".")}`;
    case "identifier":
      return node.name;
    case "nil":
      return "nil";
    case "number":
      return node.text;
    case "pipe":
      return pipeText(node);
    case "string":
      return node.quoted;
    case "variable":
      return node.names.join(".");
  }
}
