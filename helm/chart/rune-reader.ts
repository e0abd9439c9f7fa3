/** Reads a text character by character, as Go reads runes. */
export class RuneReader {
  readonly #runes: readonly string[];
  #pos = 0;

  constructor(text: string) {
    this.#runes = Array.from(text);
  }

  /** Returns the next character without taking it, undefined at the end. */
  peek(): string | undefined {
    return this.#runes[this.#pos];
  }

  /** Passes over characters. */
  skip(count = 1): void {
    this.#pos += count;
  }

  /** Returns all that is left without taking it. */
  rest(): string {
    return this.#runes.slice(this.#pos).join("");
  }

  /** Returns what stands before one of the stop characters, which is taken too; a backslash takes the next one as it is. */
  until(stops: string): { readonly text: string; readonly stop: string | undefined } {
    let text = "";
    while (this.#pos < this.#runes.length) {
      const rune = this.#runes[this.#pos++] ?? "";
      if (stops.includes(rune)) return { text, stop: rune };
      text += rune === "\\" ? (this.#runes[this.#pos++] ?? "") : rune;
    }
    return { text, stop: undefined };
  }

  /** Returns what stands before one of the stop characters, which is taken too; backslashes are characters as others. */
  untilLiteral(stops: string): { readonly text: string; readonly stop: string | undefined } {
    const from = this.#pos;
    while (this.#pos < this.#runes.length) {
      const rune = this.#runes[this.#pos++] ?? "";
      if (stops.includes(rune)) return { text: this.#runes.slice(from, this.#pos - 1).join(""), stop: rune };
    }
    return { text: this.#runes.slice(from).join(""), stop: undefined };
  }
}
