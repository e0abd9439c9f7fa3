import { TemplateLexer } from "./lex-template.ts";
import {
  isEmptyList,
  type ListNode,
  type ParsedTemplate,
  type PipeNode,
  type SourceText,
  type StatementNode,
} from "./nodes.ts";
import { parsePipeline } from "./parse-pipeline.ts";
import { spendSteps } from "./run-cost.ts";
import { TokenReader } from "./token-reader.ts";
import type { Delimiters, Token } from "./tokens.ts";
import { unquoteString } from "./unquote-string.ts";

/** What the parser must know besides the text. */
export interface ParseOptions {
  readonly delimiters: Delimiters;
  /** Whether a function of that name can be called. */
  readonly hasFunction: (name: string) => boolean;
}

type EndMark = { readonly kind: "end" | "else"; readonly token: Token };

/**
 * Returns the templates of a text: first those it defines, then itself under its own name, as Go's `parse.Parse` does.
 * Throws `TemplateParseError`.
 */
export function parseTemplate(source: SourceText, options: ParseOptions): ParsedTemplate[] {
  const lexer = new TemplateLexer(source.text, options.delimiters);
  const found = new Map<string, ParsedTemplate>();
  new Parser({ source, options, lexer, found }).parseFile();
  return [...found.values()];
}

interface ParserParts {
  readonly source: SourceText;
  readonly options: ParseOptions;
  readonly lexer: TemplateLexer;
  readonly found: Map<string, ParsedTemplate>;
}

class Parser {
  readonly #parts: ParserParts;
  readonly #reader: TokenReader;
  #ranges = 0;

  constructor(parts: ParserParts) {
    this.#parts = parts;
    this.#reader = new TokenReader(parts);
  }

  parseFile(): void {
    const reader = this.#reader;
    const nodes: StatementNode[] = [];
    const pos = reader.peek().pos;
    while (reader.peek().type !== "eof") {
      if (reader.peek().type === "leftDelim") {
        const delim = reader.next();
        if (reader.nextNonSpace().type === "define") {
          new Parser(this.#parts).#parseDefinition();
          continue;
        }
        reader.backup2(delim);
      }
      const node = this.#textOrAction();
      if ("kind" in node) return reader.fail(`unexpected ${endText(node)}`);
      nodes.push(node);
    }
    this.#add(this.#parts.source.name, { type: "list", pos, source: this.#parts.source, nodes });
  }

  #parseDefinition(): void {
    const name = this.#templateName(this.#reader.nextNonSpace(), "define clause");
    this.#reader.expect("rightDelim", "define clause");
    const { list, end } = this.#itemList();
    if (end.kind !== "end") this.#reader.fail(`unexpected ${endText(end)} in define clause`);
    this.#add(name, list);
  }

  #add(name: string, root: ListNode): void {
    const { found, source } = this.#parts;
    const old = found.get(name);
    if (old === undefined || isEmptyList(old.root)) {
      found.set(name, { name, source, root });
    } else if (!isEmptyList(root)) {
      this.#reader.fail(`template: multiple definition of template ${JSON.stringify(name)}`);
    }
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== "string" && token.type !== "rawString") this.#reader.unexpected(token, context);
    return unquoteString(token.value) ?? this.#reader.fail("invalid syntax");
  }

  #itemList(): { readonly list: ListNode; readonly end: EndMark } {
    const pos = this.#reader.peekNonSpace().pos;
    const nodes: StatementNode[] = [];
    while (this.#reader.peekNonSpace().type !== "eof") {
      const node = this.#textOrAction();
      if ("kind" in node) return { list: { type: "list", pos, source: this.#parts.source, nodes }, end: node };
      nodes.push(node);
    }
    return this.#reader.fail("unexpected EOF");
  }

  #textOrAction(): StatementNode | EndMark {
    const token = this.#reader.nextNonSpace();
    if (token.type === "text") {
      return { type: "text", pos: token.pos, source: this.#parts.source, text: token.value };
    }
    if (token.type !== "leftDelim") return this.#reader.unexpected(token, "input");
    this.#reader.actionStart = token.pos;
    spendSteps(1);
    const node = this.#action();
    this.#reader.actionStart = undefined;
    return node;
  }

  #action(): StatementNode | EndMark {
    const reader = this.#reader;
    const token = reader.nextNonSpace();
    const { type } = token;
    if (type === "block") return this.#block();
    if (type === "break" || type === "continue") return this.#jump(type, token.pos);
    if (type === "else") return this.#elseMark();
    if (type === "end") return { kind: "end", token: reader.expect("rightDelim", "end") };
    if (type === "if" || type === "range" || type === "with") return this.#branch(type);
    if (type === "template") return this.#templateCall();
    reader.backup();
    const { pos } = reader.peek();
    return { type: "action", pos, source: this.#parts.source, pipe: this.#pipeline("command") };
  }

  #jump(type: "break" | "continue", pos: number): StatementNode {
    const after = this.#reader.nextNonSpace();
    if (after.type !== "rightDelim") this.#reader.unexpected(after, `{{${type}}}`);
    if (this.#ranges === 0) this.#reader.fail(`{{${type}}} outside {{range}}`);
    return { type, pos, source: this.#parts.source };
  }

  #pipeline(context: string): PipeNode {
    return parsePipeline({ ...this.#parts, reader: this.#reader }, { context, end: "rightDelim" });
  }

  #elseMark(): EndMark {
    const next = this.#reader.peekNonSpace();
    if (next.type === "if" || next.type === "with") {
      return { kind: "else", token: next };
    }
    return { kind: "else", token: this.#reader.expect("rightDelim", "else") };
  }

  #branch(type: "if" | "range" | "with"): StatementNode {
    const reader = this.#reader;
    const { source } = this.#parts;
    const mark = reader.variables.length;
    const pipe = this.#pipeline(type);
    if (type === "range") this.#ranges++;
    const { list, end } = this.#itemList();
    if (type === "range") this.#ranges--;
    let elseList: ListNode | undefined;
    if (end.kind === "else") elseList = this.#elseList(type, end);
    reader.variables.length = mark;
    return { type, pos: pipe.pos, source, pipe, list, elseList };
  }

  #elseList(type: "if" | "range" | "with", mark: EndMark): ListNode {
    const next = this.#reader.peek();
    if (type !== "range" && next.type === type) {
      this.#reader.next();
      const nested = this.#branch(type);
      return { type: "list", pos: mark.token.pos, source: this.#parts.source, nodes: [nested] };
    }
    const { list, end } = this.#itemList();
    if (end.kind !== "end") this.#reader.fail(`expected end; found ${endText(end)}`);
    return list;
  }

  #block(): StatementNode {
    const token = this.#reader.nextNonSpace();
    const name = this.#templateName(token, "block clause");
    const pipe = this.#pipeline("block clause");
    new Parser(this.#parts).#parseBlock(name);
    return { type: "template", pos: token.pos, source: this.#parts.source, name, pipe };
  }

  #parseBlock(name: string): void {
    const { list, end } = this.#itemList();
    if (end.kind !== "end") this.#reader.fail(`unexpected ${endText(end)} in block clause`);
    this.#add(name, list);
  }

  #templateCall(): StatementNode {
    const reader = this.#reader;
    const token = reader.nextNonSpace();
    const name = this.#templateName(token, "template clause");
    let pipe: PipeNode | undefined;
    if (reader.nextNonSpace().type !== "rightDelim") {
      reader.backup();
      pipe = this.#pipeline("template clause");
    }
    return { type: "template", pos: token.pos, source: this.#parts.source, name, pipe };
  }
}

function endText(mark: EndMark): string {
  return `{{${mark.kind}}}`;
}
