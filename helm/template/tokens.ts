/** What a token is. Keywords have their own word as type. */
export type TokenType =
  | "error"
  | "bool"
  | "char"
  | "charConstant"
  | "complex"
  | "assign"
  | "declare"
  | "eof"
  | "field"
  | "identifier"
  | "leftDelim"
  | "leftParen"
  | "number"
  | "pipe"
  | "rawString"
  | "rightDelim"
  | "rightParen"
  | "space"
  | "string"
  | "text"
  | "variable"
  | Keyword;

/** A keyword's token type. */
export type Keyword =
  | "block"
  | "break"
  | "continue"
  | "dot"
  | "define"
  | "else"
  | "end"
  | "if"
  | "nil"
  | "range"
  | "template"
  | "with";

/** Words that are no identifiers; `break` and `continue` are always among them. */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ...(["block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"] as const).map(
    (word): [string, Keyword] => [word, word],
  ),
  [".", "dot"],
]);

const keywordTypes: ReadonlySet<TokenType> = new Set<TokenType>(keywords.values());

/** A token; of an error the value is the message. */
export interface Token {
  readonly type: TokenType;
  readonly pos: number;
  readonly value: string;
}

/** Returns whether a token is a keyword. */
export function isKeyword(token: Token): boolean {
  return keywordTypes.has(token.type);
}

/** The delimiters of actions, `{{` and `}}` unless chosen otherwise. */
export interface Delimiters {
  readonly left: string;
  readonly right: string;
}
