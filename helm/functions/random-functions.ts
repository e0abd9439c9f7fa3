import { randomBytes, randomUUID } from "node:crypto";
import { scoped, type GoFunction } from "../template/go-function.ts";
import { toRunes } from "../template/go-string.ts";
import { drawRandom } from "../template/scope.ts";
import { alphabets, randomBelow, randomText } from "./random-text.ts";

const maxCount = 1_000_000;

/** A function that draws characters: sprig gives none for a negative count, and refuses nothing else. */
function characters(name: string, alphabet: string): GoFunction {
  return scoped(["int"], (scope, count) => {
    if (count <= 0) return "";
    if (count > maxCount) throw new RangeError(`${name} of ${count} characters`);
    return drawRandom(scope, { name, args: [String(count)] }, () => randomText(count, alphabet));
  });
}

function shuffled(text: string): string {
  const runes = toRunes(text);
  for (let index = runes.length - 1; index > 0; index--) {
    const other = randomBelow(index + 1);
    [runes[index], runes[other]] = [runes[other] ?? "", runes[index] ?? ""];
  }
  return runes.join("");
}

/** Functions whose results differ at each call; all go through the run's random source, so that a tape can replay them. */
export const randomFunctions: Readonly<Record<string, GoFunction>> = {
  randAlphaNum: characters("randAlphaNum", alphabets.alphaNumeric),
  randAlpha: characters("randAlpha", alphabets.alpha),
  randNumeric: characters("randNumeric", alphabets.numeric),
  randAscii: characters("randAscii", alphabets.ascii),
  randBytes: scoped(["int"], (scope, count) => {
    if (count > maxCount || count < 0) throw new RangeError(`randBytes of ${count} bytes`);
    return drawRandom(scope, { name: "randBytes", args: [String(count)] }, () => randomBytes(count).toString("base64"));
  }),
  shuffle: scoped(["string"], (scope, text) =>
    drawRandom(scope, { name: "shuffle", args: [text] }, () => shuffled(text)),
  ),
  uuidv4: scoped([], (scope) => drawRandom(scope, { name: "uuidv4", args: [] }, () => randomUUID())),
};
