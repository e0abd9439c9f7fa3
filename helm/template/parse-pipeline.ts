import type { CommandNode, OperandNode, PipeNode, SourceText, VariableNode } from "./nodes.ts";
import { nodeText } from "./node-text.ts";
import { parseNumber } from "./parse-number.ts";
import type { ParseOptions } from "./parse-template.ts";
import type { TokenReader } from "./token-reader.ts";
import type { Token, TokenType } from "./tokens.ts";
import { unquoteString } from "./unquote-string.ts";

/** Parentheses within parentheses that are read; Go takes 10,000 and needs no stack for them. */
const maxDepth = 500;

const notCallable: ReadonlySet<OperandNode["type"]> = new Set<OperandNode["type"]>([
  "bool",
  "dot",
  "nil",
  "number",
  "string",
]);

interface Parts {
  readonly source: SourceText;
  readonly options: ParseOptions;
  readonly reader: TokenReader;
}

/** Returns the pipeline up to and including its end token; `context` words the errors. */
export function parsePipeline(
  parts: Parts,
  where: { readonly context: string; readonly end: "rightDelim" | "rightParen" },
): PipeNode {
  const { reader, source } = parts;
  const { pos } = reader.peekNonSpace();
  const { variables, isAssign } = parseDeclarations(parts, where.context);
  const commands: CommandNode[] = [];
  for (;;) {
    const token = reader.nextNonSpace();
    if (token.type === where.end) break;
    if (termParsers[token.type] === undefined) reader.unexpected(token, where.context);
    reader.backup();
    commands.push(parseCommand(parts));
  }
  if (commands.length === 0) reader.fail(`missing value for ${where.context}`);
  for (const [index, command] of commands.entries()) {
    const first = command.args[0];
    if (index > 0 && first !== undefined && notCallable.has(first.type)) {
      reader.fail(`non executable command in pipeline stage ${index + 1}`);
    }
  }
  return { type: "pipe", pos, source, isAssign, variables, commands };
}

function parseDeclarations(
  parts: Parts,
  context: string,
): { readonly variables: readonly VariableNode[]; readonly isAssign: boolean } {
  const { reader } = parts;
  const variables: VariableNode[] = [];
  for (;;) {
    const token = reader.peekNonSpace();
    if (token.type !== "variable") return { variables, isAssign: false };
    reader.next();
    const after = reader.peek();
    const next = reader.peekNonSpace();
    if (next.type === "assign" || next.type === "declare") {
      reader.nextNonSpace();
      variables.push(variableNode(token, parts.source));
      reader.variables.push(token.value);
      return { variables, isAssign: next.type === "assign" };
    }
    if (next.type !== "char" || next.value !== ",") {
      if (after.type === "space") reader.backup3(token, after);
      else reader.backup2(token);
      return { variables, isAssign: false };
    }
    reader.nextNonSpace();
    variables.push(variableNode(token, parts.source));
    reader.variables.push(token.value);
    if (context !== "range" || variables.length >= 2) reader.fail(`too many declarations in ${context}`);
    const following = reader.peekNonSpace().type;
    if (following !== "variable" && following !== "rightDelim" && following !== "rightParen") {
      reader.fail("range can only initialize variables");
    }
  }
}

function variableNode(token: Token, source: SourceText): VariableNode {
  return { type: "variable", pos: token.pos, source, names: token.value.split(".") };
}

function parseCommand(parts: Parts): CommandNode {
  const { reader, source } = parts;
  const { pos } = reader.peekNonSpace();
  const args: OperandNode[] = [];
  for (;;) {
    reader.peekNonSpace();
    const operand = parseOperand(parts);
    if (operand !== undefined) args.push(operand);
    const token = reader.next();
    if (token.type === "space") continue;
    if (token.type === "rightDelim" || token.type === "rightParen") reader.backup();
    else if (token.type !== "pipe") reader.unexpected(token, "operand");
    break;
  }
  if (args.length === 0) reader.fail("empty command");
  return { type: "command", pos, source, args };
}

function parseOperand(parts: Parts): OperandNode | undefined {
  const { reader, source } = parts;
  const node = parseTerm(parts);
  if (node === undefined || reader.peek().type !== "field") return node;
  const { pos } = reader.peek();
  const fields: string[] = [];
  while (reader.peek().type === "field") fields.push(reader.next().value.slice(1));
  if (node.type === "field" || node.type === "variable") {
    return { type: node.type, pos, source, names: [...node.names, ...fields] };
  }
  if (notCallable.has(node.type)) reader.fail(`unexpected . after term ${JSON.stringify(nodeText(node))}`);
  return { type: "chain", pos, source, node, fields };
}

type TermParser = (parts: Parts, token: Token) => OperandNode;

function parseNumberTerm(parts: Parts, token: Token): OperandNode {
  const number = parseNumber(token, parts.source);
  return typeof number === "string" ? parts.reader.fail(number) : number;
}

function parseStringTerm(parts: Parts, token: Token): OperandNode {
  const value = unquoteString(token.value) ?? parts.reader.fail("invalid syntax");
  return { type: "string", pos: token.pos, source: parts.source, quoted: token.value, value };
}

const termParsers: Partial<Record<TokenType, TermParser>> = {
  identifier: ({ reader, source, options }, { pos, value }) => {
    if (!options.hasFunction(value)) reader.fail(`function ${JSON.stringify(value)} not defined`);
    return { type: "identifier", pos, source, name: value };
  },
  dot: ({ source }, { pos }) => ({ type: "dot", pos, source }),
  nil: ({ source }, { pos }) => ({ type: "nil", pos, source }),
  variable: ({ reader, source }, token) => {
    if (!reader.variables.includes(token.value)) reader.fail(`undefined variable ${JSON.stringify(token.value)}`);
    return variableNode(token, source);
  },
  field: ({ source }, { pos, value }) => ({ type: "field", pos, source, names: [value.slice(1)] }),
  bool: ({ source }, { pos, value }) => ({ type: "bool", pos, source, value: value === "true" }),
  charConstant: parseNumberTerm,
  complex: parseNumberTerm,
  number: parseNumberTerm,
  string: parseStringTerm,
  rawString: parseStringTerm,
  leftParen: (parts) => {
    const { reader } = parts;
    if (reader.depth >= maxDepth) reader.fail("max expression depth exceeded");
    reader.depth++;
    const pipe = parsePipeline(parts, { context: "parenthesized pipeline", end: "rightParen" });
    reader.depth--;
    return pipe;
  },
};

function parseTerm(parts: Parts): OperandNode | undefined {
  const token = parts.reader.nextNonSpace();
  const parse = termParsers[token.type];
  if (parse !== undefined) return parse(parts, token);
  parts.reader.backup();
  return undefined;
}
