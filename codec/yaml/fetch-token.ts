import { scanBlockScalar } from "./scan-block-scalar.ts";
import { scanPlain } from "./scan-scalars.ts";
import { scanDirective, scanTag } from "./scan-tags.ts";
import { type Scanner, columnOf, noKey, scannerFault } from "./scanner.ts";
import {
  bareToken,
  insertToken,
  isKeyPossible,
  removeSimpleKey,
  rollIndent,
  saveSimpleKey,
  unrollIndent,
} from "./token-queue.ts";
import { YamlFault } from "./yaml-fault.ts";

/** Collections in brackets nested deeper than this are refused. */
const maxFlowLevel = 1000;

/** Ends the text. */
export function fetchEnd(scanner: Scanner): void {
  // as if on a new line: no key that began before can find its colon any more
  if (columnOf(scanner) !== 0) {
    scanner.line++;
    scanner.lineStart = scanner.offset;
  }
  unrollIndent(scanner, -1);
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  scanner.tokens.push(bareToken("stream-end", scanner.offset));
}

/** Fetches `%YAML` or `%TAG`. */
export function fetchDirective(scanner: Scanner): void {
  unrollIndent(scanner, -1);
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  const { offset } = scanner;
  const directive = scanDirective(scanner);
  if (directive === "version") scanner.tokens.push(bareToken("version-directive", offset));
  else {
    const { handle, suffix } = directive;
    scanner.tokens.push({ type: "tag-directive", offset, text: handle, suffix, isPlain: false });
  }
}

/** Fetches `---` or `...`. */
export function fetchDocumentMark(scanner: Scanner, type: "document-start" | "document-end"): void {
  unrollIndent(scanner, -1);
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  scanner.tokens.push(bareToken(type, scanner.offset));
  scanner.offset += 3;
}

/** Fetches `[` or `{`. */
export function fetchFlowStart(scanner: Scanner, type: "flow-list-start" | "flow-map-start"): void {
  saveSimpleKey(scanner);
  scanner.simpleKeys.push(noKey());
  scanner.flowLevel++;
  if (scanner.flowLevel > maxFlowLevel) {
    throw new YamlFault(scanner.offset, `nested deeper than ${maxFlowLevel} levels`);
  }
  scanner.isSimpleKeyAllowed = true;
  scanner.tokens.push(bareToken(type, scanner.offset));
  scanner.offset++;
}

/** Fetches `]` or `}`. */
export function fetchFlowEnd(scanner: Scanner, type: "flow-list-end" | "flow-map-end"): void {
  removeSimpleKey(scanner);
  if (scanner.flowLevel > 0) {
    scanner.flowLevel--;
    scanner.simpleKeys.pop();
  }
  scanner.isSimpleKeyAllowed = false;
  scanner.tokens.push(bareToken(type, scanner.offset));
  scanner.offset++;
}

/** Fetches `,`. */
export function fetchFlowEntry(scanner: Scanner): void {
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = true;
  scanner.tokens.push(bareToken("flow-entry", scanner.offset));
  scanner.offset++;
}

/** Fetches the `-` of a list item. */
export function fetchBlockEntry(scanner: Scanner): void {
  const { offset } = scanner;
  if (scanner.flowLevel === 0) {
    if (!scanner.isSimpleKeyAllowed)
      throw scannerFault(scanner, {
        offset,
        reason: "a list item is not allowed here",
        go: "block sequence entries are not allowed in this context",
      });
    rollIndent(scanner, "block-list-start", { column: columnOf(scanner), offset });
  }
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = true;
  scanner.tokens.push(bareToken("block-entry", offset));
  scanner.offset++;
}

/** Fetches `?`. */
export function fetchKey(scanner: Scanner): void {
  const { offset } = scanner;
  if (scanner.flowLevel === 0) {
    if (!scanner.isSimpleKeyAllowed)
      throw scannerFault(scanner, {
        offset,
        reason: "a key is not allowed here",
        go: "mapping keys are not allowed in this context",
      });
    rollIndent(scanner, "block-map-start", { column: columnOf(scanner), offset });
  }
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = scanner.flowLevel === 0;
  scanner.tokens.push(bareToken("key", offset));
  scanner.offset++;
}

/** Fetches `:`, and the key before it where one may have begun. */
export function fetchValue(scanner: Scanner): void {
  const { offset } = scanner;
  const key = scanner.simpleKeys.at(-1);
  if (key !== undefined && isKeyPossible(scanner, key)) {
    insertToken(scanner, bareToken("key", key.offset), key.token);
    rollIndent(scanner, "block-map-start", key);
    key.isPossible = false;
    scanner.isSimpleKeyAllowed = false;
  } else {
    if (scanner.flowLevel === 0) {
      if (!scanner.isSimpleKeyAllowed) {
        throw scannerFault(scanner, {
          offset,
          reason: "a second ':' is not allowed here; put the text in quotes or check the indentation",
          go: "mapping values are not allowed in this context",
        });
      }
      rollIndent(scanner, "block-map-start", { column: columnOf(scanner), offset });
    }
    scanner.isSimpleKeyAllowed = scanner.flowLevel === 0;
  }
  scanner.tokens.push(bareToken("value", offset));
  scanner.offset++;
}

/** Fetches an anchor, an alias, or a text in quotes: what may be a key and is followed by none. */
export function fetchSimple(
  scanner: Scanner,
  type: "anchor" | "alias" | "scalar",
  scan: (scanner: Scanner) => string,
): void {
  saveSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  const { offset } = scanner;
  scanner.tokens.push({ type, offset, text: scan(scanner), suffix: "", isPlain: false });
}

/** Fetches a plain scalar. */
export function fetchPlain(scanner: Scanner): void {
  saveSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  const { offset } = scanner;
  scanner.tokens.push({ type: "scalar", offset, text: scanPlain(scanner), suffix: "", isPlain: true });
}

/** Fetches a tag. */
export function fetchTag(scanner: Scanner): void {
  saveSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  const { offset } = scanner;
  const { handle, suffix } = scanTag(scanner);
  scanner.tokens.push({ type: "tag", offset, text: handle, suffix, isPlain: false });
}

/** Fetches a `|` or `>` scalar. */
export function fetchBlockScalar(scanner: Scanner): void {
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = true;
  const { offset } = scanner;
  scanner.tokens.push({ type: "scalar", offset, text: scanBlockScalar(scanner), suffix: "", isPlain: false });
}
