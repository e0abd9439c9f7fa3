import { isInvalidByte, toBytes } from "./go-string.ts";
import { isPrintable } from "./quote-string.ts";

const htmlEscapes: Readonly<Record<string, string>> = {
  "\u0000": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

const jsEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "=": "\\u003D",
};

/** Returns text escaped for HTML as Go's `html` does. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/["'&<>]|\0/g, (character) => htmlEscapes[character] ?? character);
}

/** Returns text escaped for JavaScript as Go's `js` does. */
export function escapeJs(text: string): string {
  return text.replaceAll(/[\\'"<>&=]|[^ -~\u007f]/gu, (character) => {
    const known = jsEscapes[character];
    if (known !== undefined) return known;
    if (isInvalidByte(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x80 && isPrintable(character)) return character;
    return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  });
}

/** Returns text escaped for a URL query as Go's `url.QueryEscape` does. */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9._~-]*$/.test(text)) return text;
  let out = "";
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9._~-]/.test(character)) out += character;
    else out += character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}
