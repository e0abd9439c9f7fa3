import { account, type Frame } from "./frame.ts";
import type { GoValue } from "./go-value.ts";
import { countBytes, countSteps, expectText, spendValues } from "./run-cost.ts";

/** What a map or list takes in memory beyond its members, roughly. */
const collectionBytes = 100;
/** A list may be sorted, or searched for each of its members. */
const stepsPerItem = 4;
const smallText = 64;
const smallList = 64;
/** Characters that a function reads in the time of a step. */
const charactersPerStep = 16;
/** Of a text that no cache of a processor holds; what is longer than an object of a cluster is hardly ever meant. */
const longText = 256 * 1024;
const longCharactersPerStep = 4;
/** Beyond what objects of a cluster can hold: functions that take a text apart need this much memory per character. */
const largeText = 4 * 1024 * 1024;
const bytesPerCharacter = 16;

/** What functions take for each character of a text of 4 million, in nanoseconds, where it is more than others take. */
const pricesPerCharacter: ReadonlyMap<string, number> = new Map([
  ["b32dec", 500],
  ["b32enc", 500],
  ["b64dec", 400],
  ["camelcase", 300],
  ["fromYaml", 450],
  ["fromYamlArray", 450],
  ["kebabcase", 400],
  ["snakecase", 400],
  ["split", 500],
  ["toYaml", 350],
  ["toYamlPretty", 350],
  ["tpl", 400],
]);
const pricePerCharacter = 200;

/** Counts what a function is given where it is large, before the call: it will read all of it. */
export function weigh({ run }: Frame, value: unknown, name: string): void {
  if (typeof value === "string") {
    if (value.length <= 1024) return;
    countSteps(run, value.length / (value.length > longText ? longCharactersPerStep : charactersPerStep));
    expectText(value.length, pricesPerCharacter.get(name) ?? pricePerCharacter);
    if (value.length > largeText) countBytes(run, value.length * bytesPerCharacter);
  } else if (Array.isArray(value) && value.length > smallList) {
    countSteps(run, value.length * stepsPerItem);
  }
}

/** Counts what a function has made, and returns it. */
export function counted(frame: Frame, result: GoValue): GoValue {
  if (typeof result === "string") {
    if (result.length > smallText) account(frame, result.length);
  } else if (Array.isArray(result)) {
    account(frame, collectionBytes);
    if (result.length > smallList) spendValues(result.length);
  } else if (result instanceof Map) {
    account(frame, collectionBytes);
  }
  return result;
}
