import { quoteWord } from "./schema-fault.ts";
import { addFault, countOf, numberOf, type SchemaFrame } from "./schema-frame.ts";
import { grouped, isMultiple, isNumber, printBound } from "./schema-number.ts";

/** Adds what the keywords for texts and numbers find. */
export function checkScalar(frame: SchemaFrame): void {
  const { value } = frame;
  if (typeof value === "string") checkText(frame, value);
  else if (isNumber(value)) checkNumber(frame, value);
}

function checkText(frame: SchemaFrame, text: string): void {
  const { words, pattern } = frame.node;
  const [least, most] = [countOf(words["minLength"]), countOf(words["maxLength"])];
  const length = Array.from(text).length;
  const count = grouped(String(length));
  if (least !== undefined && length < least) addFault(frame, `minLength: got ${count}, want ${grouped(String(least))}`);
  if (most !== undefined && length > most) addFault(frame, `maxLength: got ${count}, want ${grouped(String(most))}`);
  if (pattern !== undefined && !pattern.matcher(text).find()) {
    addFault(frame, `${quoteWord(text)} does not match pattern ${quoteWord(pattern.pattern())}`);
  }
}

type Bound = readonly [keyword: string, isBroken: (value: number | bigint, bound: number | bigint) => boolean];

const bounds: readonly Bound[] = [
  ["minimum", (value, bound) => value < bound],
  ["maximum", (value, bound) => value > bound],
  ["exclusiveMinimum", (value, bound) => value <= bound],
  ["exclusiveMaximum", (value, bound) => value >= bound],
  ["multipleOf", (value, bound) => !isMultiple(value, bound)],
];

function checkNumber(frame: SchemaFrame, value: number | bigint): void {
  for (const [keyword, isBroken] of bounds) {
    const bound = numberOf(frame.node.words[keyword]);
    if (bound === undefined || !isBroken(value, bound)) continue;
    addFault(frame, `${keyword}: got ${printBound(value)}, want ${printBound(bound)}`);
  }
}
