import { toBytes } from "../template/go-string.ts";
import { quoteBody } from "../template/quote-string.ts";

const end = "unexpected end of JSON input";

/** Returns what Go's `encoding/json` says of a text that is not JSON, or `undefined` when it is. */
export function findGoJsonFault(text: string): string | undefined {
  const scanner = new JsonScanner(toBytes(text));
  try {
    scanner.run();
    return undefined;
  } catch (error) {
    if (error instanceof JsonFault) return error.message;
    throw error;
  }
}

class JsonFault extends Error {}

class JsonScanner {
  readonly #bytes: Uint8Array;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  run(): void {
    this.#value();
    this.#skipSpace();
    if (this.#pos < this.#bytes.length) this.#fail("after top-level value");
  }

  #value(): void {
    // Nesting is kept in a list, so that depth costs no stack.
    const open: ("{" | "[")[] = [];
    for (;;) {
      this.#skipSpace();
      const first = this.#peek();
      if (first === "{") {
        this.#pos++;
        if (this.#tryClose("}")) {
          if (this.#closeAll(open)) return;
          continue;
        }
        open.push("{");
        this.#key();
        continue;
      }
      if (first === "[") {
        this.#pos++;
        if (!this.#tryClose("]")) {
          open.push("[");
          continue;
        }
      } else {
        this.#scalar(first);
      }
      if (this.#closeAll(open)) return;
    }
  }

  /** After a value: goes on to the next one and returns false, or returns true when everything is closed. */
  #closeAll(open: ("{" | "[")[]): boolean {
    for (;;) {
      const inner = open.at(-1);
      if (inner === undefined) return true;
      this.#skipSpace();
      const next = this.#peek();
      if (next === ",") {
        this.#pos++;
        if (inner === "{") {
          this.#skipSpace();
          this.#key();
        }
        return false;
      }
      if (next !== (inner === "{" ? "}" : "]")) {
        this.#fail(inner === "{" ? "after object key:value pair" : "after array element");
      }
      this.#pos++;
      open.pop();
    }
  }

  #key(): void {
    this.#skipSpace();
    if (this.#peek() !== '"') this.#fail("looking for beginning of object key string");
    this.#string();
    this.#skipSpace();
    if (this.#peek() !== ":") this.#fail("after object key");
    this.#pos++;
  }

  #tryClose(bracket: string): boolean {
    this.#skipSpace();
    if (this.#peek() !== bracket) return false;
    this.#pos++;
    return true;
  }

  #scalar(first: string): void {
    if (first === '"') this.#string();
    else if (first === "-" || (first >= "0" && first <= "9")) this.#number();
    else if (first === "t") this.#word("true");
    else if (first === "f") this.#word("false");
    else if (first === "n") this.#word("null");
    else this.#fail("looking for beginning of value");
  }

  #word(word: string): void {
    for (const [index, letter] of Array.from(word).entries()) {
      if (index > 0 && this.#peekInside() !== letter) this.#fail(`in literal ${word} (expecting '${letter}')`);
      this.#pos++;
    }
  }

  #number(): void {
    if (this.#peekInside() === "-") {
      this.#pos++;
      if (!isDigit(this.#peekInside())) this.#fail("in numeric literal");
    }
    if (this.#peekInside() === "0") this.#pos++;
    else this.#digits();
    if (this.#peekOrNone() === ".") {
      this.#pos++;
      if (!isDigit(this.#peekInside())) this.#fail("after decimal point in numeric literal");
      this.#digits();
    }
    const exponent = this.#peekOrNone();
    if (exponent !== "e" && exponent !== "E") return;
    this.#pos++;
    const sign = this.#peekInside();
    if (sign === "+" || sign === "-") this.#pos++;
    if (!isDigit(this.#peekInside())) this.#fail("in exponent of numeric literal");
    this.#digits();
  }

  #digits(): void {
    while (isDigit(this.#peekOrNone())) this.#pos++;
  }

  #string(): void {
    this.#pos++;
    for (;;) {
      const next = this.#peek();
      if (next === '"') {
        this.#pos++;
        return;
      }
      if (next < " ") this.#fail("in string literal");
      this.#pos++;
      if (next === "\\") this.#escape();
    }
  }

  #escape(): void {
    const kind = this.#peekInside();
    if (!'bfnrt\\/"u'.includes(kind)) this.#fail("in string escape code");
    this.#pos++;
    if (kind !== "u") return;
    for (let index = 0; index < 4; index++) {
      if (!/[0-9a-fA-F]/.test(this.#peekInside())) this.#fail(String.raw`in \u hexadecimal character escape`);
      this.#pos++;
    }
  }

  #skipSpace(): void {
    while (" \t\r\n".includes(this.#peekOrNone() || "x")) this.#pos++;
  }

  #peekOrNone(): string {
    const byte = this.#bytes[this.#pos];
    return byte === undefined ? "" : String.fromCharCode(byte);
  }

  #peek(): string {
    const found = this.#peekOrNone();
    if (found === "") throw new JsonFault(end);
    return found;
  }

  /** Inside a word, number or escape Go takes the end of the text for a blank, and complains of that. */
  #peekInside(): string {
    return this.#peekOrNone() || " ";
  }

  #fail(context: string): never {
    const found = this.#peekInside();
    throw new JsonFault(`invalid character '${quoteBody(found, { quote: "'", asciiOnly: false })}' ${context}`);
  }
}

function isDigit(character: string): boolean {
  return character !== "" && character >= "0" && character <= "9";
}
