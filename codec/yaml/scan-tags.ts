import { type Scanner, YamlFault, codeAt, isBlank, isBlankOrEnd, isBreak, isWord, readBreak } from "./scanner.ts";

/** A tag or tag directive in two parts; the handle of `!<…>` and of `!` alone is empty. */
export interface ScannedTag {
  readonly handle: string;
  readonly suffix: string;
}

/** Returns the name behind `&` or `*` at hand. */
export function scanAnchor(scanner: Scanner): string {
  const start = ++scanner.offset;
  while (isWord(codeAt(scanner))) scanner.offset++;
  const next = codeAt(scanner);
  const isEnd = isBlankOrEnd(next) || "?:,]}%@`".includes(String.fromCharCode(next));
  if (scanner.offset === start || !isEnd) {
    throw new YamlFault(start - 1, "the name of an anchor or alias may hold letters, digits, - and _ only");
  }
  return scanner.text.slice(start, scanner.offset);
}

/** Returns the tag at hand. */
export function scanTag(scanner: Scanner): ScannedTag {
  const start = scanner.offset;
  const tag = scanTagParts(scanner);
  if (!isBlankOrEnd(codeAt(scanner))) throw new YamlFault(scanner.offset, "a blank must follow a tag");
  if (tag.handle === "!" && tag.suffix === "") return { handle: "", suffix: "!" };
  if (tag.suffix === "" && tag.handle !== "!") throw new YamlFault(start, "a tag lacks its name");
  return tag;
}

function scanTagParts(scanner: Scanner): ScannedTag {
  if (codeAt(scanner, 1) === 0x3c) {
    scanner.offset += 2;
    const suffix = scanUri(scanner);
    if (codeAt(scanner) !== 0x3e) throw new YamlFault(scanner.offset, "a tag in !<…> lacks its >");
    scanner.offset++;
    return { handle: "", suffix };
  }
  const handle = scanHandle(scanner);
  if (handle.length > 1 && handle.endsWith("!")) return { handle, suffix: scanUri(scanner) };
  return { handle: "!", suffix: handle.slice(1) + scanUri(scanner) };
}

function scanHandle(scanner: Scanner): string {
  const start = scanner.offset++;
  while (isWord(codeAt(scanner))) scanner.offset++;
  if (codeAt(scanner) === 0x21) scanner.offset++;
  return scanner.text.slice(start, scanner.offset);
}

function scanUri(scanner: Scanner): string {
  const start = scanner.offset;
  const allowed = /(?:[-\w;/?:@&=+$,.!~*'()[\]]|%[0-9a-fA-F]{2})*/y;
  allowed.lastIndex = start;
  allowed.test(scanner.text);
  scanner.offset = allowed.lastIndex;
  try {
    return decodeURIComponent(scanner.text.slice(start, scanner.offset));
  } catch {
    throw new YamlFault(start, "a tag has a malformed % escape");
  }
}

/** A directive at hand: `%TAG` with its parts, or `%YAML`. */
export function scanDirective(scanner: Scanner): ScannedTag | "version" {
  const start = scanner.offset++;
  const nameStart = scanner.offset;
  while (isWord(codeAt(scanner))) scanner.offset++;
  const name = scanner.text.slice(nameStart, scanner.offset);
  skipBlanks(scanner);
  let directive: ScannedTag | "version" = "version";
  if (name === "YAML") {
    const version = /\d{1,2}\.\d{1,2}/y;
    version.lastIndex = scanner.offset;
    const [found] = version.exec(scanner.text) ?? [];
    if (found === undefined || !/^0?1\.0?1$/.test(found)) throw new YamlFault(start, "only %YAML 1.1 can be read");
    scanner.offset = version.lastIndex;
  } else if (name === "TAG" && codeAt(scanner) === 0x21) {
    const handle = scanHandle(scanner);
    skipBlanks(scanner);
    directive = { handle, suffix: scanUri(scanner) };
  } else {
    throw new YamlFault(start, "a directive must be %YAML or %TAG");
  }
  skipBlanks(scanner);
  if (codeAt(scanner) === 0x23) while (isBlank(codeAt(scanner)) || !isBlankOrEnd(codeAt(scanner))) scanner.offset++;
  if (!isBlankOrEnd(codeAt(scanner))) throw new YamlFault(scanner.offset, "only a comment may follow a directive");
  if (isBreak(codeAt(scanner))) readBreak(scanner);
  return directive;
}

function skipBlanks(scanner: Scanner): void {
  while (isBlank(codeAt(scanner))) scanner.offset++;
}
