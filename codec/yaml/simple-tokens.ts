/** What simple documents may not hold anywhere: tabs, other line breaks, what cannot be printed. */
export const strange = /[^\n -~\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]/;
/** A key in quotes, with its colon ahead. */
export const quotedKey = /(?:"([^"\\\n]{0,500})"|'([^'\n]{0,500})')(?=:[ \n]|:$)/y;
/** A text in quotes without escapes that takes the rest of its line. */
export const quotedText = /(?:"([^"\\\n]*)"|'([^'\n]*)') *(?=\n|$)/y;
/** A list of texts in quotes that takes the rest of its line. */
export const textList = /\[ ?(?:(?:"[^"\\\n]*"|'[^'\n]*')(?:, ?(?:"[^"\\\n]*"|'[^'\n]*'))*)? ?\] *(?=\n|$)/y;
/** `{}` on the rest of a line. */
export const emptyMap = /\{\} *(?=\n|$)/y;
/** How a block of text begins, without hints on its indentation. */
export const blockHeader = /\|([+-]?)\n/y;
/** How a scalar without quotes may begin. */
export const plainStart = /[A-Za-z0-9_./+~$(^=;<\\\u00a0-\uffff]|-(?=[^ \n])/y;
/** Characters of the longest key. */
export const maxKey = 500;
/** How deep collections may stand in each other. */
export const maxDepth = 100;

/** Returns whether a character may stand in a key without quotes: letters, digits and `_./-`. */
export function isKeyCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2d && code <= 0x39) || code === 0x5f
  );
}

/** Returns the offset of the next character that is no blank. */
export function skipBlanks(text: string, offset: number): number {
  let at = offset;
  while (text.charCodeAt(at) === 32) at++;
  return at;
}

/** Returns the offset of the line break that ends a line, or of the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const found = text.indexOf("\n", offset);
  return found < 0 ? text.length : found;
}

/** Returns the column of a block's first line that is not empty; 0 where that is not as clear as it mostly is. */
export function blockIndent(text: string, offset: number): number {
  let at = offset;
  while (text.charCodeAt(at) === 10) at++;
  const start = skipBlanks(text, at);
  return start === text.length || text.charCodeAt(start) === 10 ? 0 : start - at;
}
