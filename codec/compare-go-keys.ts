const plainWord = /^[A-Za-z]*$/;

/**
 * Compares two map keys in the order in which go-yaml v2 prints them: numbers inside keys by value, letters after other
 * characters. Source: `keyList.Less` of go.yaml.in/yaml/v2.
 */
export function compareGoKeys(left: string, right: string): number {
  // Letters alone stand in the order of their codes, shorter ones first; most keys are that.
  if (plainWord.test(left) && plainWord.test(right)) return left < right ? -1 : left > right ? 1 : 0;
  const a = Array.from(left);
  const b = Array.from(right);
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) {
    const [one = "", other = ""] = [a[index], b[index]];
    if (one !== other) return compareAt({ a, b, index }, one, other);
  }
  return a.length - b.length;
}

interface Difference {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly index: number;
}

function compareAt(at: Difference, one: string, other: string): number {
  const isLetter = isLetterRune(one);
  const isOtherLetter = isLetterRune(other);
  if (isLetter && isOtherLetter) return codePoint(one) - codePoint(other);
  if (isLetter || isOtherLetter) return isOtherLetter ? -1 : 1;
  const carry = one === "0" || other === "0" ? leadingDigit(at) : 0;
  const left = readNumber(at.a, at.index, carry);
  const right = readNumber(at.b, at.index, carry);
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  if (left.end !== right.end) return left.end - right.end;
  return codePoint(one) - codePoint(other);
}

/** Returns 1 when a digit other than 0 stands directly before, so that the zeros that differ count. */
function leadingDigit({ a, index }: Difference): number {
  for (let before = index - 1; before >= 0 && isDigitRune(a[before] ?? ""); before--) {
    if (a[before] !== "0") return 1;
  }
  return 0;
}

function readNumber(text: readonly string[], start: number, carry: number): { value: bigint; end: number } {
  let value = BigInt(carry);
  let end = start;
  while (end < text.length && isDigitRune(text[end] ?? "")) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codePoint(text[end] ?? "0") - 48));
    end++;
  }
  return { value, end };
}

// Asking a Unicode class is slow, compiling it slower: the ASCII answers come without.
// No constants of the module: making a Unicode class takes half a millisecond of each start.
function isLetterRune(char: string): boolean {
  return char.charCodeAt(0) > 0x7f ? /\p{L}/u.test(char) : /[A-Za-z]/.test(char);
}

function isDigitRune(char: string): boolean {
  return char.charCodeAt(0) > 0x7f ? /\p{Nd}/u.test(char) : /[0-9]/.test(char);
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}
