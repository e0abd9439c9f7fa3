import { type Delimiters, keywords, type Token, type TokenType } from "./tokens.ts";

// Making a Unicode class takes longer than lexing a small chart: only texts that need one ask for it, where they do.
const asciiWord = /[A-Za-z0-9_]*/y;
const spaces = /[ \t\r\n]*/y;
const trailingSpaces = " \t\r\n";
const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const quoted = { '"': /"(?:[^"\\\n]|\\[^\n])*"/y, "'": /'(?:[^'\\\n]|\\[^\n])*'/y };

/** Splits a template into tokens, one at a time, by the rules of Go's `text/template/parse`. */
export class TemplateLexer {
  readonly #text: string;
  readonly #delimiters: Delimiters;
  #pos = 0;
  #parens = 0;
  #inAction = false;

  constructor(text: string, delimiters: Delimiters) {
    this.#text = text;
    this.#delimiters = delimiters;
  }

  /** Returns the next token; after an error or the end always the end. */
  next(): Token {
    return this.#inAction ? this.#action() : this.#textToken();
  }

  #textToken(): Token {
    for (;;) {
      const start = this.#pos;
      const delim = this.#text.indexOf(this.#delimiters.left, start);
      if (delim < 0) {
        this.#pos = this.#text.length;
        if (start < this.#text.length) return { type: "text", pos: start, value: this.#text.slice(start) };
        return { type: "eof", pos: start, value: "EOF" };
      }
      if (delim > start) {
        const after = delim + this.#delimiters.left.length;
        const end = this.#hasLeftTrim(after) ? this.#trimRight(start, delim) : delim;
        this.#pos = delim;
        if (end > start) return { type: "text", pos: start, value: this.#text.slice(start, end) };
      }
      const opened = this.#leftDelim();
      if (opened !== undefined) return opened;
    }
  }

  /** Returns the delimiter's token, or `undefined` after a comment. */
  #leftDelim(): Token | undefined {
    const start = this.#pos;
    const after = start + this.#delimiters.left.length;
    const inside = this.#hasLeftTrim(after) ? after + 2 : after;
    if (this.#text.startsWith("/*", inside)) return this.#comment(inside);
    this.#inAction = true;
    this.#parens = 0;
    this.#pos = inside;
    return { type: "leftDelim", pos: start, value: this.#delimiters.left };
  }

  #comment(start: number): Token | undefined {
    const end = this.#text.indexOf("*/", start + 2);
    if (end < 0) return this.#error(start, "unclosed comment");
    this.#pos = end + 2;
    const closed = this.#rightDelimLength();
    if (closed === undefined) return this.#error(start, "comment ends before closing delimiter");
    this.#skipRightDelim(closed.trim);
    return undefined;
  }

  #skipRightDelim(trim: boolean): void {
    this.#pos += this.#delimiters.right.length + (trim ? 2 : 0);
    if (trim) this.#pos += this.#match(spaces).length;
  }

  #rightDelimLength(): { readonly trim: boolean } | undefined {
    const { right } = this.#delimiters;
    if (this.#hasRightTrim(this.#pos) && this.#text.startsWith(right, this.#pos + 2)) return { trim: true };
    return this.#text.startsWith(right, this.#pos) ? { trim: false } : undefined;
  }

  #action(): Token {
    const start = this.#pos;
    const closed = this.#rightDelimLength();
    if (closed !== undefined) {
      if (this.#parens > 0) return this.#error(start, "unclosed left paren");
      const pos = closed.trim ? start + 2 : start;
      this.#skipRightDelim(closed.trim);
      this.#inAction = false;
      return { type: "rightDelim", pos, value: this.#delimiters.right };
    }
    const character = this.#text[start];
    switch (character) {
      case undefined:
        return this.#error(start, "unclosed action");
      case " ":
      case "\t":
      case "\r":
      case "\n":
        return this.#space();
      case "=":
        return this.#emit("assign", 1);
      case ":":
        if (this.#text[start + 1] !== "=") return this.#error(start, "expected :=");
        return this.#emit("declare", 2);
      case "|":
        return this.#emit("pipe", 1);
      case '"':
        return this.#quoted('"', { type: "string", fault: "unterminated quoted string" });
      case "'":
        return this.#quoted("'", { type: "charConstant", fault: "unterminated character constant" });
      case "`":
        return this.#rawString();
      case "$":
        return this.#fieldOrVariable("variable");
      case "(":
        this.#parens++;
        return this.#emit("leftParen", 1);
      case ")":
        if (--this.#parens < 0) return this.#error(start, "unexpected right paren");
        return this.#emit("rightParen", 1);
      default:
        return this.#other(character);
    }
  }

  #other(character: string): Token {
    const start = this.#pos;
    const next = this.#text[start + 1];
    const digitNext = next !== undefined && next >= "0" && next <= "9";
    if (character === "." && next !== undefined && !digitNext) return this.#fieldOrVariable("field");
    if (character === "." || character === "+" || character === "-" || (character >= "0" && character <= "9")) {
      return this.#number();
    }
    const whole = String.fromCodePoint(this.#text.codePointAt(start) ?? 0);
    if (isWordCharacter(whole)) return this.#identifier();
    if (character >= "!" && character <= "~") return this.#emit("char", 1);
    return this.#error(start, `unrecognized character in action: ${describeCharacter(whole)}`);
  }

  #space(): Token {
    const start = this.#pos;
    const run = this.#match(spaces);
    const beforeLast = start + run.length - 1;
    if (this.#hasRightTrim(beforeLast) && this.#text.startsWith(this.#delimiters.right, beforeLast + 2)) {
      this.#pos = beforeLast;
      return run.length === 1 ? this.#action() : { type: "space", pos: start, value: run.slice(0, -1) };
    }
    return this.#emit("space", run.length);
  }

  #quoted(quote: '"' | "'", kind: { readonly type: "string" | "charConstant"; readonly fault: string }): Token {
    const found = this.#match(quoted[quote]);
    return found === "" ? this.#error(this.#pos, kind.fault) : this.#emit(kind.type, found.length);
  }

  #rawString(): Token {
    const end = this.#text.indexOf("`", this.#pos + 1);
    if (end < 0) return this.#error(this.#pos, "unterminated raw quoted string");
    return this.#emit("rawString", end + 1 - this.#pos);
  }

  #fieldOrVariable(type: "field" | "variable"): Token {
    const start = this.#pos;
    if (this.#atTerminator(start + 1)) return this.#emit(type === "variable" ? "variable" : "dot", 1);
    this.#pos = start + 1;
    const end = start + 1 + this.#word().length;
    this.#pos = start;
    if (!this.#atTerminator(end)) return this.#badCharacter(start, end);
    return this.#emit(type, end - start);
  }

  #identifier(): Token {
    const start = this.#pos;
    const found = this.#word();
    if (!this.#atTerminator(start + found.length)) return this.#badCharacter(start, start + found.length);
    const keyword = keywords.get(found);
    if (keyword !== undefined) return this.#emit(keyword, found.length);
    return this.#emit(found === "true" || found === "false" ? "bool" : "identifier", found.length);
  }

  #number(): Token {
    const start = this.#pos;
    let end = start + this.#match(number).length;
    const sign = this.#text[end];
    let type: TokenType = "number";
    if (!this.#isWordAt(end) && (sign === "+" || sign === "-")) {
      this.#pos = end;
      end += this.#match(number).length;
      this.#pos = start;
      type = "complex";
    }
    if (this.#isWordAt(end) || (type === "complex" && this.#text[end - 1] !== "i")) {
      const shown = this.#text.slice(start, this.#isWordAt(end) ? end + 1 : end);
      return this.#error(start, `bad number syntax: ${JSON.stringify(shown)}`);
    }
    return this.#emit(type, end - start);
  }

  #isWordAt(pos: number): boolean {
    const code = this.#text.codePointAt(pos);
    return code !== undefined && isWordCharacter(String.fromCodePoint(code));
  }

  #atTerminator(pos: number): boolean {
    const character = this.#text[pos];
    if (character === undefined || " \t\r\n.,|:)(".includes(character)) return true;
    return this.#text.startsWith(this.#delimiters.right, pos);
  }

  #badCharacter(start: number, pos: number): Token {
    const code = this.#text.codePointAt(pos);
    return this.#error(start, `bad character ${describeCharacter(String.fromCodePoint(code ?? 0))}`);
  }

  #hasLeftTrim(pos: number): boolean {
    return this.#text[pos] === "-" && isSpace(this.#text[pos + 1]);
  }

  #hasRightTrim(pos: number): boolean {
    return this.#text[pos + 1] === "-" && isSpace(this.#text[pos]);
  }

  #trimRight(start: number, end: number): number {
    let trimmed = end;
    while (trimmed > start && isSpace(this.#text[trimmed - 1])) trimmed--;
    return trimmed;
  }

  #word(): string {
    const found = this.#match(asciiWord);
    return this.#text.charCodeAt(this.#pos + found.length) > 0x7f ? this.#match(/[\p{L}\p{Nd}_]*/uy) : found;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#pos;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  #emit(type: TokenType, length: number): Token {
    const pos = this.#pos;
    this.#pos += length;
    return { type, pos, value: this.#text.slice(pos, this.#pos) };
  }

  #error(pos: number, message: string): Token {
    this.#pos = this.#text.length;
    this.#inAction = false;
    return { type: "error", pos, value: message };
  }
}

function isWordCharacter(character: string): boolean {
  return character.charCodeAt(0) > 0x7f ? /[\p{L}\p{Nd}_]/u.test(character) : /[A-Za-z0-9_]/.test(character);
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && trailingSpaces.includes(character);
}

function describeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ? name : `${name} '${character}'`;
}
