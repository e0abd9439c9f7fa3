import type { TemplateLexer } from "./lex-template.ts";
import type { SourceText } from "./nodes.ts";
import { quoteString } from "./quote-string.ts";
import { lineOf, TemplateParseError } from "./template-error.ts";
import { isKeyword, type Token, type TokenType } from "./tokens.ts";

const none: Token = { type: "eof", pos: 0, value: "EOF" };

/** Reads tokens with up to three of look-ahead and words the parser's complaints as Go does. */
export class TokenReader {
  /** Names of the variables that can be used at this point. */
  readonly variables: string[] = ["$"];
  /** Parentheses that are open. */
  depth = 0;
  /** Offset of the delimiter of the action that is being read. */
  actionStart: number | undefined;
  readonly #lexer: TemplateLexer;
  readonly #source: SourceText;
  #tokens: [Token, Token, Token] = [none, none, none];
  #peeked = 0;

  constructor(parts: { readonly lexer: TemplateLexer; readonly source: SourceText }) {
    this.#lexer = parts.lexer;
    this.#source = parts.source;
  }

  next(): Token {
    if (this.#peeked > 0) this.#peeked--;
    else this.#tokens[0] = this.#lexer.next();
    return this.#tokens[this.#peeked] ?? none;
  }

  peek(): Token {
    if (this.#peeked > 0) return this.#tokens[this.#peeked - 1] ?? none;
    this.#peeked = 1;
    this.#tokens[0] = this.#lexer.next();
    return this.#tokens[0];
  }

  backup(): void {
    this.#peeked++;
  }

  /** Puts back the current token and the one before it. */
  backup2(before: Token): void {
    this.#tokens[1] = before;
    this.#peeked = 2;
  }

  /** Puts back the current token and the two before it, the earlier one first. */
  backup3(earlier: Token, before: Token): void {
    this.#tokens[1] = before;
    this.#tokens[2] = earlier;
    this.#peeked = 3;
  }

  nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.type !== "space") return token;
    }
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup();
    return token;
  }

  expect(type: TokenType, context: string): Token {
    const token = this.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== "error") this.fail(`unexpected ${tokenText(token)} in ${context}`);
    const { text, name } = this.#source;
    let extra = "";
    if (this.actionStart !== undefined && lineOf(text, this.actionStart) !== lineOf(text, token.pos)) {
      extra = ` in action started at ${name}:${lineOf(text, this.actionStart)}`;
      if (token.value.endsWith(" action")) extra = extra.slice(" in action".length);
    }
    return this.fail(token.value + extra);
  }

  fail(message: string): never {
    const file = this.#source.name;
    const line = lineOf(this.#source.text, this.#tokens[0].pos);
    throw new TemplateParseError(`template: ${file}:${line}: ${message}`, { file, line });
  }
}

function tokenText(token: Token): string {
  if (token.type === "eof") return "EOF";
  if (isKeyword(token)) return `<${token.value}>`;
  const characters = Array.from(token.value);
  if (Buffer.byteLength(token.value) > 10) return `${quoteString(characters.slice(0, 10).join(""))}...`;
  return quoteString(token.value);
}
