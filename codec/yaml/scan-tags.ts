import { type Scanner, codeAt, isBlank, isBlankOrEnd, isBreak, isWord, readBreak, scannerFault } from "./scanner.ts";
import { YamlFault } from "./yaml-fault.ts";

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
    throw scannerFault(scanner, {
      offset: start - 1,
      reason: "the name of an anchor or alias may hold letters, digits, - and _ only",
      go: "did not find expected alphabetic or numeric character",
    });
  }
  return scanner.text.slice(start, scanner.offset);
}

/** Returns the tag at hand. */
export function scanTag(scanner: Scanner): ScannedTag {
  const start = scanner.offset;
  const tag = scanTagParts(scanner);
  if (!isBlankOrEnd(codeAt(scanner)))
    throw scannerFault(scanner, {
      offset: scanner.offset,
      reason: "a blank must follow a tag",
      go: "did not find expected whitespace or line break",
    });
  if (tag.handle === "!" && tag.suffix === "") return { handle: "", suffix: "!" };
  if (tag.suffix === "" && tag.handle !== "!") throw new YamlFault(start, "a tag lacks its name");
  return tag;
}

function scanTagParts(scanner: Scanner): ScannedTag {
  if (codeAt(scanner, 1) === 0x3c) {
    scanner.offset += 2;
    const suffix = scanRequiredUri(scanner);
    if (codeAt(scanner) !== 0x3e)
      throw scannerFault(scanner, {
        offset: scanner.offset,
        reason: "a tag in !<…> lacks its >",
        go: "did not find the expected '>'",
      });
    scanner.offset++;
    return { handle: "", suffix };
  }
  const handle = scanHandle(scanner);
  if (handle.length > 1 && handle.endsWith("!")) return { handle, suffix: scanRequiredUri(scanner) };
  return { handle: "!", suffix: handle.slice(1) + scanUri(scanner) };
}

function scanHandle(scanner: Scanner): string {
  const start = scanner.offset++;
  while (isWord(codeAt(scanner))) scanner.offset++;
  if (codeAt(scanner) === 0x21) scanner.offset++;
  return scanner.text.slice(start, scanner.offset);
}

function scanRequiredUri(scanner: Scanner): string {
  const { offset } = scanner;
  const uri = scanUri(scanner);
  if (uri !== "") return uri;
  throw scannerFault(scanner, { offset, reason: "a tag lacks its name", go: "did not find expected tag URI" });
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
  if (name === "") throw directiveFault(scanner, start, "could not find expected directive name");
  if (!isBlankOrEnd(codeAt(scanner))) {
    throw directiveFault(scanner, start, "found unexpected non-alphabetical character");
  }
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
    throw directiveFault(scanner, start, name === "TAG" ? "did not find expected '!'" : "found unknown directive name");
  }
  skipBlanks(scanner);
  if (codeAt(scanner) === 0x23) while (isBlank(codeAt(scanner)) || !isBlankOrEnd(codeAt(scanner))) scanner.offset++;
  if (!isBlankOrEnd(codeAt(scanner)))
    throw scannerFault(scanner, {
      offset: scanner.offset,
      reason: "only a comment may follow a directive",
      go: "did not find expected comment or line break",
    });
  if (isBreak(codeAt(scanner))) readBreak(scanner);
  return directive;
}

function directiveFault(scanner: Scanner, offset: number, go: string): YamlFault {
  return scannerFault(scanner, { offset, reason: "a directive must be %YAML or %TAG", go });
}

function skipBlanks(scanner: Scanner): void {
  while (isBlank(codeAt(scanner))) scanner.offset++;
}
