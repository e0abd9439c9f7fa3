import { fn, type GoFunction } from "../template/go-function.ts";
import { byteLength, fromBytes, sliceBytes, toBytes, toRunes } from "../template/go-string.ts";
import { spendSteps } from "../template/run-cost.ts";
import { isLowerRune, isSpaceRune, isUpperRune, lowerRune, titleRune, upperRune } from "./text-case.ts";
import { joinWords, pascalCase } from "./word-case.ts";

/** goutils looks at bytes as if each were a character. */
function latinCharacters(text: string): string[] {
  return Array.from(toBytes(text), (byte) => String.fromCharCode(byte));
}

function abbreviate(...[text, offset, width]: [string, number, number]): string {
  const length = byteLength(text);
  if (text === "" || width < 4) return "";
  if (length <= width) return text;
  let left = Math.min(offset, length);
  if (length - left < width - 3) left = length - (width - 3);
  if (left <= 4) return `${sliceBytes(text, 0, width - 3)}...`;
  if (width < 7) return "";
  if (left + width - 3 < length) return `...${abbreviate(sliceBytes(text, left, length), 0, width - 3)}`;
  return `...${sliceBytes(text, length - (width - 3), length)}`;
}

function abbreviateBoth(...[left, right, text]: [number, number, string]): string {
  if (right < 4 || (left > 0 && right < 7)) return text;
  return abbreviate(text, left, right);
}

function initials(text: string): string {
  let out = "";
  let afterGap = true;
  for (const character of latinCharacters(text)) {
    const gap = isSpaceRune(character);
    if (!gap && afterGap) out += character;
    afterGap = gap;
  }
  return out;
}

function withoutSpace(text: string): string {
  const characters = latinCharacters(text);
  const kept = characters.filter((character) => !isSpaceRune(character));
  return kept.length === characters.length ? text : kept.join("");
}

function swapCase(text: string): string {
  let afterSpace = true;
  return toRunes(text)
    .map((rune) => {
      if (isUpperRune(rune) || /\p{Lt}/u.test(rune)) {
        afterSpace = false;
        return lowerRune(rune);
      }
      if (!isLowerRune(rune)) {
        afterSpace = isSpaceRune(rune);
        return rune;
      }
      const swapped = afterSpace ? titleRune(rune) : upperRune(rune);
      afterSpace = false;
      return swapped;
    })
    .join("");
}

function untitle(text: string): string {
  let first = true;
  return toRunes(text)
    .map((rune) => {
      if (isSpaceRune(rune)) {
        first = true;
        return rune;
      }
      const changed = first ? lowerRune(rune) : rune;
      first = false;
      return changed;
    })
    .join("");
}

/** What cutting off a line takes. */
const stepsOfLine = 5;

/** `goutils.WrapCustom`: lines of at most `width` bytes, broken at blanks. */
function wrapText(
  text: string,
  width: number,
  options: { readonly lineBreak: string; readonly breakWords: boolean },
): string {
  const bytes = toBytes(text);
  const size = Math.max(width, 1);
  const lineBreak = options.lineBreak === "" ? "\n" : options.lineBreak;
  const cut = (start: number, end: number): string => {
    spendSteps(stepsOfLine);
    return fromBytes(bytes.subarray(start, end));
  };
  let offset = 0;
  let out = "";
  while (bytes.length - offset > size) {
    if (bytes[offset] === 0x20) {
      offset++;
      continue;
    }
    const space = bytes.subarray(offset, size + offset + 1).lastIndexOf(0x20) + offset;
    const isFound = bytes.subarray(offset, size + offset + 1).includes(0x20);
    if (isFound) {
      out += cut(offset, space) + lineBreak;
      offset = space + 1;
    } else if (options.breakWords) {
      out += cut(offset, size + offset) + lineBreak;
      offset += size;
    } else {
      const next = bytes.indexOf(0x20, size + offset);
      out += next < 0 ? cut(offset, bytes.length) : cut(offset, next) + lineBreak;
      offset = next < 0 ? bytes.length : next + 1;
    }
  }
  return out + cut(offset, bytes.length);
}

/** Functions on words and their case; see sprig's `strings.go` and the libraries it calls. */
export const wordFunctions: Readonly<Record<string, GoFunction>> = {
  abbrev: fn(["int", "string"], (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: fn(["int", "int", "string"], abbreviateBoth),
  initials: fn(["string"], initials),
  nospace: fn(["string"], withoutSpace),
  swapcase: fn(["string"], swapCase),
  untitle: fn(["string"], untitle),
  snakecase: fn(["string"], (text) => joinWords(text, "_")),
  kebabcase: fn(["string"], (text) => joinWords(text, "-")),
  camelcase: fn(["string"], pascalCase),
  wrap: fn(["int", "string"], (width, text) => wrapText(text, width, { lineBreak: "\n", breakWords: false })),
  wrapWith: fn(["int", "string", "string"], (width, lineBreak, text) =>
    wrapText(text, width, { lineBreak, breakWords: true }),
  ),
};
