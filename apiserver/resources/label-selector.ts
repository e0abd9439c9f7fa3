import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { badRequest } from "./api-error.ts";
import { quoteGoString, compareBytes } from "./go-text.ts";
import { isJsonList } from "./json-fields.ts";
import { labelKeyProblems } from "./name-rules.ts";
import {
  checkRequirement,
  listedOperators,
  operatorOf,
  satisfies,
  type Requirement,
  type SelectorOperator,
} from "./selector-requirement.ts";

/** A parsed label selector. */
export interface LabelSelector {
  /** Its conditions, sorted by key; none means everything is selected. */
  readonly requirements: readonly Requirement[];
  /** Returns whether an object with these labels is selected. */
  readonly matches: (labels: Readonly<Record<string, string>> | undefined) => boolean;
}

function createSelector(requirements: readonly Requirement[]): LabelSelector {
  const sorted = requirements.toSorted((left, right) => compareBytes(left.key, right.key));
  return {
    requirements: sorted,
    matches: (labels = {}) => sorted.every((requirement) => satisfies(labels, requirement)),
  };
}

/** Selects nothing: what a missing `LabelSelector` field means. */
const selectNothing: LabelSelector = { requirements: [], matches: () => false };

interface Token {
  readonly kind: "end" | "identifier" | "symbol";
  readonly text: string;
}

const symbols = new Set(["(", ")", ",", "!", "==", "=", ">", "<", "!="]);
const words = new Set(["in", "notin"]);

function tokenize(selector: string): Token[] {
  const tokens: Token[] = [];
  // Go's lexer takes a NUL for the end, except right behind a name, where it separates as a space does.
  const [content = ""] = selector.replaceAll(/([^=!(),<>\s\0])\0/g, "$1 ").split("\0", 1);
  for (const [text] of content.matchAll(/==|!=|[=!(),<>]|[^=!(),<>\s]+/g)) {
    tokens.push({ kind: symbols.has(text) ? "symbol" : "identifier", text });
  }
  return [...tokens, { kind: "end", text: "" }];
}

/**
 * Returns the selector of a query string (`a=b,c!=d,e in (x,y),!f,g>1`); the empty string selects everything.
 * Throws ApiError BadRequest with kube-apiserver's words.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokenize(text);
  let position = 0;
  const peek = (): Token => tokens[position] ?? { kind: "end", text: "" };
  const take = (): Token => {
    const token = peek();
    position++;
    return token;
  };
  const requirements: Requirement[] = [];
  const source = { peek, take };
  if (peek().kind === "end") return createSelector([]);
  if (!startsRequirement(peek())) throw expected(peek(), "!, identifier, or 'end of string'");
  for (;;) {
    requirements.push(checkRequirement(parseRequirement(source)));
    const next = take();
    if (next.kind === "end") return createSelector(requirements);
    if (next.text !== ",") throw expected(next, "',' or 'end of string'");
    if (!startsRequirement(peek())) throw expected(peek(), "identifier after ','");
  }
}

interface Source {
  readonly peek: () => Token;
  readonly take: () => Token;
}

function startsRequirement(token: Token): boolean {
  return token.kind === "identifier" || token.text === "!";
}

function expected(found: Token, wanted: string, prefix = ""): Error {
  return badRequest(`${prefix}found '${found.text}', expected: ${wanted}`);
}

const inRequirement = "unable to parse requirement: ";

function parseRequirement(source: Source): Requirement {
  let token = source.take();
  const absent = token.text === "!";
  if (absent) token = source.take();
  if (token.kind !== "identifier") throw expected(token, "identifier", inRequirement);
  const key = token.text;
  const problems = labelKeyProblems(key);
  if (problems.length > 0) {
    throw badRequest(`${inRequirement}<nil>: Invalid value: ${quoteGoString(key)}: ${problems.join("; ")}`);
  }
  if (absent) return { key, operator: "!", values: [] };
  const next = source.peek();
  if (next.kind === "end" || next.text === ",") return { key, operator: "exists", values: [] };
  const operator = parseOperator(source.take());
  const values = operator === "in" || operator === "notin" ? parseValues(source) : parseExactValue(source);
  return { key, operator, values: [...new Set(values)].sort(compareBytes) };
}

const operators = new Map<string, SelectorOperator>([
  ["=", "="],
  ["==", "=="],
  ["!=", "!="],
  ["in", "in"],
  ["notin", "notin"],
  [">", "gt"],
  ["<", "lt"],
]);

function parseOperator(token: Token): SelectorOperator {
  const operator = token.kind === "symbol" || words.has(token.text) ? operators.get(token.text) : undefined;
  if (operator === undefined) throw expected(token, listedOperators, inRequirement);
  return operator;
}

function parseExactValue({ peek, take }: Source): string[] {
  if (peek().kind === "end" || peek().text === ",") return [""];
  const token = take();
  if (token.kind !== "identifier") throw expected(token, "identifier", inRequirement);
  return [token.text];
}

function parseValues({ peek, take }: Source): string[] {
  const open = take();
  if (open.text !== "(") throw badRequest(`${inRequirement}found '${open.text}' expected: '('`);
  const first = peek();
  if (first.text === ")") {
    take();
    return [""];
  }
  if (first.kind !== "identifier" && first.text !== ",") throw expected(first, "',', ')' or identifier", inRequirement);
  const values: string[] = [];
  for (;;) {
    const token = take();
    if (token.kind === "identifier") {
      values.push(token.text);
      if (peek().text !== "," && peek().text !== ")") throw expected(peek(), "',' or ')'", inRequirement);
    } else if (token.text === ",") {
      // A missing value between commas or brackets is the empty one.
      if (values.length === 0 || peek().text === "," || peek().text === ")") values.push("");
    } else {
      throw expected(token, "',', or identifier", inRequirement);
    }
    if (peek().text === ")") {
      take();
      return values;
    }
  }
}

/**
 * Returns the selector of a `LabelSelector` field (`matchLabels`, `matchExpressions`): a missing one selects nothing,
 * an empty one everything. Throws ApiError BadRequest when it is invalid.
 */
export function labelSelectorOf(selector: JsonObject | undefined): LabelSelector {
  if (selector === undefined) return selectNothing;
  const { matchLabels, matchExpressions } = selector;
  const exact = Object.entries(isJsonObject(matchLabels) ? matchLabels : {}).map(([key, value]): Requirement => ({
    key,
    operator: "in",
    values: [textOf(value)],
  }));
  const listed = (isJsonList(matchExpressions) ? matchExpressions : []).filter(isJsonObject).map(requirementOf);
  return createSelector([...exact, ...listed].map(checkRequirement));
}

function requirementOf(expression: JsonObject): Requirement {
  const { key, operator, values } = expression;
  return {
    key: textOf(key),
    operator: operatorOf(textOf(operator)),
    values: isJsonList(values) ? values.map(textOf) : [],
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
