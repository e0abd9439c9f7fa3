import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { jsonEqual } from "./json-fields.ts";

/** Reads values out of an object. */
export type JsonPath = (value: JsonValue) => readonly JsonValue[];

type Step = (value: JsonValue) => readonly JsonValue[];

interface Reading {
  readonly text: string;
  position: number;
}

/**
 * Returns the reader of a simple JSON path as CustomResourceDefinitions use them: `.spec.replicas`, `.items[0].name`,
 * `.list[*].name`, `.conditions[?(@.type=="Ready")].status`, `['key.with.dots']`, `\.` for a dot in a name. Throws
 * SyntaxError for what is none.
 */
export function parseJsonPath(text: string): JsonPath {
  const reading: Reading = { text: text.replace(/^\{(.*)\}$/s, "$1").replace(/^\$/, ""), position: 0 };
  const steps: Step[] = [];
  while (reading.position < reading.text.length) steps.push(readStep(reading));
  return (value) => steps.reduce<readonly JsonValue[]>((values, step) => values.flatMap(step), [value]);
}

function readStep(reading: Reading): Step {
  const char = reading.text[reading.position];
  if (char === "[") return readBracket(reading);
  if (char === ".") reading.position++;
  else if (reading.position > 0) throw fault(reading);
  if (reading.text[reading.position] === "[") return readBracket(reading);
  const match = /^(?:\\.|[^.[\\])+/s.exec(reading.text.slice(reading.position));
  if (match === null) {
    if (reading.position === reading.text.length) return (value) => [value];
    throw fault(reading);
  }
  reading.position += match[0].length;
  return member(match[0].replaceAll(/\\(.)/gs, "$1"));
}

const brackets = /^\[(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(-?\d+)|(\*)|\?\((.*?)\))\]/s;

function readBracket(reading: Reading): Step {
  const match = brackets.exec(reading.text.slice(reading.position));
  if (match === null) throw fault(reading);
  reading.position += match[0].length;
  const [, single, double, index, star, filter] = match;
  const name = single ?? double;
  if (name !== undefined) return member(name.replaceAll(/\\(.)/gs, "$1"));
  if (index !== undefined) return item(Number(index));
  if (star !== undefined) return (value) => childrenOf(value);
  return filterStep(filter ?? "", reading);
}

function member(name: string): Step {
  if (name === "*") return (value) => childrenOf(value);
  return (value) => {
    const found = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return found === undefined ? [] : [found];
  };
}

function item(index: number): Step {
  return (value) => {
    const found: JsonValue | undefined = Array.isArray(value) ? value.at(index) : undefined;
    return found === undefined ? [] : [found];
  };
}

function childrenOf(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

const comparison = /^\s*@([^\s=!<>~]*)\s*(?:(==|!=)\s*(.+?))?\s*$/s;

function filterStep(text: string, reading: Reading): Step {
  const match = comparison.exec(text);
  if (match === null) throw fault(reading);
  const [, path = "", operator, literal] = match;
  const read = parseJsonPath(path);
  const wanted = literal === undefined ? undefined : parseLiteral(literal, reading);
  const matches = (value: JsonValue): boolean => {
    const found = read(value);
    if (wanted === undefined) return found.length > 0;
    const isEqual = found.some((candidate) => jsonEqual(candidate, wanted));
    return operator === "==" ? isEqual : found.length > 0 && !isEqual;
  };
  return (value) => childrenOf(value).filter(matches);
}

function parseLiteral(text: string, reading: Reading): JsonValue {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted !== null) return quoted[2] ?? "";
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  if (Number.isNaN(number)) throw fault(reading);
  return number;
}

function fault({ text, position }: Reading): SyntaxError {
  return new SyntaxError(`not a JSON path at position ${position}: ${text}`);
}
