/** What makes a text no JSON, and at which offset. */
export interface JsonFault {
  readonly offset: number;
  readonly reason: string;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /[ \t\n\r]*/y;
const word = /true|false|null/y;
const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/**
 * Returns the first fault of a text that `JSON.parse` refused. V8's own message names a position for some faults only.
 * Works without recursion, so that depth does not matter.
 */
export function findJsonFault(text: string): JsonFault {
  const open: ("{" | "[")[] = [];
  let offset = skip(text, space, 0);
  let expect: "value" | "first" | "key" | "colon" | "next" = "value";
  for (;;) {
    const char = text[offset];
    if (char === undefined) return { offset, reason: "unexpected end of JSON" };
    if (expect === "colon") {
      if (char !== ":") return { offset, reason: `expected ":" after a key, found ${show(char)}` };
      offset++;
      expect = "value";
    } else if (expect === "next" || (expect === "first" && (char === "}" || char === "]"))) {
      const top = open.at(-1);
      if (top === undefined) return { offset, reason: `unexpected ${show(char)} after the value` };
      if (char === (top === "{" ? "}" : "]")) {
        open.pop();
        expect = "next";
      } else if (expect === "next" && char === ",") {
        expect = top === "{" ? "key" : "value";
      } else {
        return { offset, reason: `expected "," or "${top === "{" ? "}" : "]"}", found ${show(char)}` };
      }
      offset++;
    } else if (expect === "key" || (expect === "first" && open.at(-1) === "{")) {
      if (char !== '"') return { offset, reason: `expected a key in double quotes, found ${show(char)}` };
      const end = stringEnd(text, offset);
      if (typeof end !== "number") return end;
      offset = end;
      expect = "colon";
    } else if (char === "{" || char === "[") {
      open.push(char);
      offset++;
      expect = "first";
    } else {
      const end = scalarEnd(text, offset);
      if (typeof end !== "number") return end;
      offset = end;
      expect = "next";
    }
    offset = skip(text, space, offset);
    if (expect === "next" && open.length === 0 && offset === text.length) {
      return { offset, reason: "not JSON" };
    }
  }
}

function scalarEnd(text: string, offset: number): number | JsonFault {
  if (text[offset] === '"') return stringEnd(text, offset);
  const afterWord = skip(text, word, offset);
  if (afterWord > offset) return afterWord;
  const afterNumber = skip(text, number, offset);
  return afterNumber > offset ? afterNumber : { offset, reason: `expected a value, found ${show(text[offset] ?? "")}` };
}

function stringEnd(text: string, start: number): number | JsonFault {
  for (let offset = start + 1; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) return offset + 1;
    if (code < 0x20) return { offset, reason: "control character in a string" };
    if (code === 0x5c) {
      const end = skip(text, escape, offset + 1);
      if (end === offset + 1) return { offset, reason: "unknown escape in a string" };
      offset = end - 1;
    }
  }
  return { offset: start, reason: "string without an end" };
}

function skip(text: string, pattern: RegExp, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : offset;
}

function show(char: string): string {
  return char === "'" ? `"'"` : JSON.stringify(char);
}
