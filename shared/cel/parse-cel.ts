import { CelFault } from "./cel-fault.ts";
import type { BinaryOperator, CelNode, ListItem, MapEntry } from "./cel-node.ts";
import { expandMacro } from "./expand-macro.ts";
import { makeNode, maxDepth } from "./make-node.ts";
import { readTokens, type Token } from "./read-tokens.ts";

/** Longer expressions, in characters, are refused. */
export const maxExpression = 10_000;

const reserved: ReadonlySet<string> = new Set(
  "as break const continue else for function if import let loop package namespace return var void while".split(" "),
);

const relations: ReadonlySet<string> = new Set(["<", "<=", ">=", ">", "==", "!=", "in"]);
const maxInt = 2n ** 63n - 1n;

/** Returns an expression of the Common Expression Language as a tree, its macros expanded. Throws `CelFault`. */
export function parseCel(text: string): CelNode {
  if (text.length > maxExpression) throw new CelFault(`the expression is longer than ${maxExpression} characters`, 0);
  const tokens = readTokens(text);
  let next = 0;
  let open = 0;

  function peek(): Token {
    return tokens[next] ?? { type: "end", at: text.length };
  }
  function sees(...signs: readonly string[]): boolean {
    const token = peek();
    return token.type === "sign" && signs.includes(token.text);
  }
  function take(sign: string): boolean {
    if (!sees(sign)) return false;
    next++;
    return true;
  }
  function expect(sign: string): void {
    if (!take(sign)) throw unexpected(`"${sign}"`);
  }
  function unexpected(wanted: string): CelFault {
    const token = peek();
    return new CelFault(`expected ${wanted}, found ${describe(token)}`, token.at);
  }

  function parseChoice(): CelNode {
    if (++open > maxDepth) throw new CelFault(`the expression is nested more than ${maxDepth} deep`, peek().at);
    const test = parseLogic("||", () => parseLogic("&&", parseRelation));
    const node = take("?") ? finishChoice(test) : test;
    open--;
    return node;
  }

  function finishChoice(test: CelNode): CelNode {
    const yes = parseLogic("||", () => parseLogic("&&", parseRelation));
    expect(":");
    const no = parseChoice();
    return makeNode(test.at, { type: "choice", test, yes, no }, [test, yes, no]);
  }

  function parseLogic(operator: "&&" | "||", parseNext: () => CelNode): CelNode {
    let left = parseNext();
    while (take(operator)) {
      const right = parseNext();
      left = makeNode(left.at, { type: "logic", operator, left, right }, [left, right]);
    }
    return left;
  }

  function parseRelation(): CelNode {
    return parseBinary(relations, () =>
      parseBinary(new Set(["+", "-"]), () => parseBinary(new Set(["*", "/", "%"]), parseUnary)),
    );
  }

  function parseBinary(operators: ReadonlySet<string>, parseNext: () => CelNode): CelNode {
    let left = parseNext();
    for (let token = peek(); token.type === "sign" && isOperator(token.text, operators); token = peek()) {
      next++;
      const right = parseNext();
      left = makeNode(token.at, { type: "binary", operator: token.text, left, right }, [left, right]);
    }
    return left;
  }

  function parseUnary(): CelNode {
    const { at } = peek();
    for (const operator of ["!", "-"] as const) {
      if (!take(operator)) continue;
      const token = peek();
      if (operator === "-" && token.type === "int") return parseMember(parseInteger(true, at));
      let count = 1;
      while (take(operator)) count++;
      const of = parseMember();
      if (count % 2 === 0 && operator === "-") return of;
      const once = makeNode(at, { type: "unary", operator, of }, [of]);
      return count % 2 === 1 ? once : makeNode(at, { type: "unary", operator, of: once }, [once]);
    }
    return parseMember();
  }

  function parseInteger(negative: boolean, at: number): CelNode {
    const token = peek();
    const text = token.type === "int" ? token.text : "";
    next++;
    const value = negative ? -BigInt(text) : BigInt(text);
    if (value > maxInt || value < -maxInt - 1n) throw new CelFault(`invalid int literal ${text}`, at);
    return makeNode(at, { type: "literal", value }, []);
  }

  function parseMember(first?: CelNode): CelNode {
    let node = first ?? parsePrimary();
    for (;;) {
      const { at } = peek();
      if (take(".")) node = parseSelection(node, at);
      else if (take(".?")) node = makeNode(at, { type: "member", of: node, name: takeName(), optional: true }, [node]);
      else if (sees("[", "[?")) {
        const optional = take("[?");
        if (!optional) expect("[");
        const key = parseChoice();
        expect("]");
        node = makeNode(at, { type: "index", of: node, key, optional }, [node, key]);
      } else return node;
    }
  }

  function parseSelection(of: CelNode, at: number): CelNode {
    const nameAt = peek().at;
    const name = takeName();
    if (!take("(")) return makeNode(at, { type: "member", of, name, optional: false }, [of]);
    return makeCall(nameAt, name, of);
  }

  function makeCall(at: number, name: string, target: CelNode | undefined): CelNode {
    const parameters = parseItems(")").map((item) => item.value);
    return (
      expandMacro({ at, name, target, parameters }) ??
      makeNode(at, { type: "call", name, target, parameters }, [target, ...parameters])
    );
  }

  function takeName(): string {
    const token = peek();
    if (token.type !== "name" && !(token.type === "sign" && token.text === "in")) throw unexpected("a name");
    next++;
    return token.text;
  }

  function parsePrimary(): CelNode {
    const token = peek();
    if (token.type === "int") return parseInteger(false, token.at);
    if (token.type === "literal") {
      next++;
      return makeNode(token.at, { type: "literal", value: token.value }, []);
    }
    if (take("(")) {
      const inner = parseChoice();
      expect(")");
      return inner;
    }
    if (take("[?")) return finishList(token.at, [{ optional: true, value: parseChoice() }]);
    if (take("[")) return finishList(token.at, []);
    if (take("{")) {
      const entries = parseEntries();
      return makeNode(
        token.at,
        { type: "map", entries },
        entries.flatMap(({ key, value }) => [key, value]),
      );
    }
    take(".");
    const named = peek();
    if (named.type !== "name") throw unexpected("a value");
    if (reserved.has(named.text)) throw new CelFault(`"${named.text}" is a reserved word`, named.at);
    next++;
    if (take("(")) return makeCall(named.at, named.text, undefined);
    return makeNode(named.at, { type: "name", name: named.text }, []);
  }

  function finishList(at: number, first: readonly ListItem[]): CelNode {
    if (first.length > 0 && !sees("]")) expect(",");
    const items = [...first, ...parseItems("]")];
    return makeNode(
      at,
      { type: "list", items },
      items.map(({ value }) => value),
    );
  }

  function parseItems(end: string): ListItem[] {
    const items: ListItem[] = [];
    while (!take(end)) {
      const optional = end === "]" && take("?");
      items.push({ optional, value: parseChoice() });
      if (sees(end)) continue;
      expect(",");
      // Lists may end in a comma, parameters may not.
      if (end === ")" && sees(end)) throw unexpected("a value");
    }
    return items;
  }

  function parseEntries(): MapEntry[] {
    const entries: MapEntry[] = [];
    while (!take("}")) {
      const optional = take("?");
      const key = parseChoice();
      expect(":");
      entries.push({ optional, key, value: parseChoice() });
      if (!sees("}")) expect(",");
    }
    return entries;
  }

  const node = parseChoice();
  if (peek().type !== "end") throw unexpected("the end of the expression");
  return node;
}

function isOperator(text: string, operators: ReadonlySet<string>): text is BinaryOperator {
  return operators.has(text);
}

function describe(token: Token): string {
  switch (token.type) {
    case "end":
      return "the end of the expression";
    case "literal":
      return "a value";
    case "int":
    case "name":
    case "sign":
      return `"${token.text}"`;
  }
}
