import { CelFault } from "./cel-fault.ts";
import { type CelValue, CelUint } from "./cel-value.ts";
import { readLiteralText } from "./read-literal-text.ts";

/** A word of an expression. */
export type Token = { readonly at: number } & (
  | { readonly type: "name"; readonly text: string }
  | { readonly type: "sign"; readonly text: string }
  | { readonly type: "literal"; readonly value: CelValue }
  /** A whole number, whose sign stands before it and counts for what fits. */
  | { readonly type: "int"; readonly text: string }
  | { readonly type: "end" }
);

const blank = /(?:[\t\n\f\r ]|\/\/[^\n]*)+/uy;
const word = /[A-Za-z_][A-Za-z0-9_]*/uy;
const double = /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/uy;
const integer = /(?:0x[0-9a-fA-F]+|[0-9]+)(?<unsigned>[uU])?/uy;
const sign = /&&|\|\||==|!=|<=|>=|\.\?|\[\?|[-+*/%<>!?:.,()[\]{}]/uy;
const textStart = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/uy;
const maxUint = 2n ** 64n - 1n;

/** Returns the words of an expression, the last of type `end`. Throws `CelFault`. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(blank)?.[0].length ?? 0;
    if (at >= text.length) return [...tokens, { type: "end", at }];
    const started = match(textStart)?.[0];
    if (started !== undefined) {
      const literal = readLiteralText(text, at, started);
      tokens.push({ type: "literal", value: literal.value, at });
      at = literal.end;
      continue;
    }
    const found = readNumber(match, at) ?? readWord(match, at);
    if (found === undefined) {
      throw new CelFault(`unexpected character ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`, at);
    }
    tokens.push(found.token);
    at += found.length;
  }
}

interface Found {
  readonly token: Token;
  readonly length: number;
}

type Match = (pattern: RegExp) => RegExpExecArray | null;

function readNumber(match: Match, at: number): Found | undefined {
  const float = match(double)?.[0];
  if (float !== undefined) {
    const value = Number(float);
    if (!Number.isFinite(value)) throw new CelFault(`invalid double literal ${float}`, at);
    return { token: { type: "literal", value, at }, length: float.length };
  }
  const whole = match(integer);
  if (whole === null) return undefined;
  const [found] = whole;
  if (whole.groups?.["unsigned"] === undefined)
    return { token: { type: "int", text: found, at }, length: found.length };
  const value = BigInt(found.slice(0, -1));
  if (value > maxUint) throw new CelFault(`invalid uint literal ${found}`, at);
  return { token: { type: "literal", value: new CelUint(value), at }, length: found.length };
}

function readWord(match: Match, at: number): Found | undefined {
  const name = match(word)?.[0];
  if (name === "true" || name === "false") {
    return { token: { type: "literal", value: name === "true", at }, length: name.length };
  }
  if (name === "null") return { token: { type: "literal", value: null, at }, length: name.length };
  if (name !== undefined) {
    const token: Token = name === "in" ? { type: "sign", text: name, at } : { type: "name", text: name, at };
    return { token, length: name.length };
  }
  const text = match(sign)?.[0];
  return text === undefined ? undefined : { token: { type: "sign", text, at }, length: text.length };
}
