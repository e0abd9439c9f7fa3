import type { FunctionTable } from "./go-function.ts";
import type { CommandNode, ListNode, OperandNode, PipeNode, StatementNode } from "./nodes.ts";
import { findTemplate, type TemplateSet } from "./template-set.ts";

/** Names that lead to what changes from one file of a chart to the next. */
const changingNames: ReadonlySet<string> = new Set(["Template", "Subcharts"]);

/** What ends in an error or in the same value, although it is handed the run. */
const harmless: ReadonlySet<string> = new Set(["include", "required"]);

/** Where a node stands: whether its dot is the template's own data. */
interface Place {
  readonly set: TemplateSet;
  readonly ownDot: boolean;
}

const known = new WeakMap<TemplateSet, Map<string, boolean>>();

/**
 * Returns whether a template of a set writes the same for the same map while nothing changes a map: no random functions, no
 * clock, no `tpl`, nothing that changes maps or shows the name of the file, in it or in what it includes.
 */
export function isRepeatable(set: TemplateSet, name: string): boolean {
  let answers = known.get(set);
  if (answers === undefined) {
    answers = new Map();
    known.set(set, answers);
  }
  const answer = answers.get(name);
  if (answer !== undefined) return answer;
  // A trace wants to see it run.
  if (set.settings.tracer !== undefined) return false;
  // What includes itself is not looked into.
  answers.set(name, false);
  const template = findTemplate(set, name);
  const found = template !== undefined && isSteadyList(template.parsed.root, { set, ownDot: true });
  answers.set(name, found);
  return found;
}

function isSteadyList(list: ListNode, place: Place): boolean {
  return list.nodes.every((node) => isSteadyStatement(node, place));
}

function isSteadyStatement(node: StatementNode, place: Place): boolean {
  switch (node.type) {
    case "text":
    case "break":
    case "continue":
      return true;
    case "action":
      return isSteadyPipe(node.pipe, place);
    case "template":
      return isRepeatable(place.set, node.name) && (node.pipe === undefined || isSteadyData(node.pipe, place));
    case "if":
    case "with":
    case "range": {
      const within = node.type === "if" ? place : { ...place, ownDot: false };
      return (
        isSteadyPipe(node.pipe, place) &&
        isSteadyList(node.list, within) &&
        (node.elseList === undefined || isSteadyList(node.elseList, place))
      );
    }
  }
}

function isSteadyPipe(pipe: PipeNode, place: Place): boolean {
  return pipe.commands.every((command) => isSteadyCommand(command, place));
}

/** What a template is given may be the whole data: the template is looked into, too. */
function isSteadyData(pipe: PipeNode, place: Place): boolean {
  const [command, more] = pipe.commands;
  const [operand, argument] = command?.args ?? [];
  if (more === undefined && argument === undefined && operand !== undefined && isWhole(operand)) return true;
  return isSteadyPipe(pipe, place);
}

function isWhole(node: OperandNode): boolean {
  return node.type === "dot" || (node.type === "variable" && node.names.length === 1 && node.names[0] === "$");
}

function isSteadyCommand(command: CommandNode, place: Place): boolean {
  const [first, ...args] = command.args;
  if (first?.type !== "identifier") return command.args.every((operand) => isSteadyOperand(operand, place));
  if (!isSteadyFunction(place.set.settings.functions, first.name)) return false;
  if (first.name !== "include") return args.every((operand) => isSteadyOperand(operand, place));
  const [name, data] = args;
  if (name?.type !== "string" || !isRepeatable(place.set, name.value)) return false;
  return data === undefined || isWhole(data) || isSteadyOperand(data, place);
}

function isSteadyFunction(functions: FunctionTable, name: string): boolean {
  const found = functions.get(name);
  return found !== undefined && found.changesMaps !== true && (!found.scoped || harmless.has(name));
}

function isSteadyOperand(node: OperandNode, place: Place): boolean {
  switch (node.type) {
    case "dot":
      return !place.ownDot;
    case "field":
      return !node.names.some((name) => changingNames.has(name));
    case "variable":
      return !isWhole(node) && !node.names.some((name) => changingNames.has(name));
    case "chain":
      return !node.fields.some((name) => changingNames.has(name)) && isSteadyOperand(node.node, place);
    case "identifier":
      return node.name !== "include" && isSteadyFunction(place.set.settings.functions, node.name);
    case "pipe":
      return isSteadyPipe(node, place);
    case "string":
      return !changingNames.has(node.value);
    case "bool":
    case "nil":
    case "number":
      return true;
  }
}
