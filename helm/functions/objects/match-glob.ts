import { RE2JS } from "re2js";

/** Returns whether a path matches; `undefined` from `compileGlob` means that the pattern is none. */
export type GlobMatcher = (path: string) => boolean;

/**
 * Returns a matcher for a pattern of github.com/gobwas/glob with `/` as separator: `*` and `?` stop at it, `**` does not,
 * `[abc]`, `[!a-z]`, `{a,b}`, backslash escapes. `undefined` for what that library refuses.
 */
export function compileGlob(pattern: string): GlobMatcher | undefined {
  const source = new GlobReader(pattern).read();
  if (source === undefined) return undefined;
  const compiled = RE2JS.compile(`(?s)^(?:${source})$`);
  return (path) => compiled.matcher(path).find();
}

class GlobReader {
  readonly #runes: readonly string[];
  #pos = 0;
  #terms = 0;

  constructor(pattern: string) {
    this.#runes = Array.from(pattern);
  }

  read(): string | undefined {
    let source = "";
    while (this.#pos < this.#runes.length) {
      const part = this.#part();
      if (part === undefined) return undefined;
      source += part;
    }
    return source + ")".repeat(this.#terms);
  }

  #part(): string | undefined {
    const rune = this.#runes[this.#pos++] ?? "";
    switch (rune) {
      case "*":
        if (this.#runes[this.#pos] !== "*") return "[^/]*";
        this.#pos++;
        return ".*";
      case "?":
        return "[^/]";
      case "[":
        return this.#range();
      case "{":
        this.#terms++;
        return "(?:";
      case "\\":
        return RE2JS.quote(this.#runes[this.#pos++] ?? "");
      case ",":
        return this.#terms > 0 ? "|" : ",";
      case "}":
        if (this.#terms === 0) return String.raw`\}`;
        this.#terms--;
        return ")";
      default:
        return RE2JS.quote(rune);
    }
  }

  #range(): string | undefined {
    const not = this.#runes[this.#pos] === "!" ? "^" : "";
    if (not !== "") this.#pos++;
    const [low, dash, high, close] = this.#runes.slice(this.#pos, this.#pos + 4);
    if (dash === "-") {
      if (low === undefined || high === undefined || close !== "]" || high < low) return undefined;
      this.#pos += 4;
      return `[${not}${quoteInClass(low)}-${quoteInClass(high)}]`;
    }
    const characters = this.#listed();
    return characters === undefined || characters === "" ? undefined : `[${not}${characters}]`;
  }

  #listed(): string | undefined {
    let characters = "";
    while (this.#pos < this.#runes.length) {
      const rune = this.#runes[this.#pos++] ?? "";
      if (rune === "]") return characters;
      characters += quoteInClass(rune === "\\" ? (this.#runes[this.#pos++] ?? "") : rune);
    }
    return undefined;
  }
}

function quoteInClass(rune: string): string {
  return /[\\\]^[-]/.test(rune) ? `\\${rune}` : rune;
}
