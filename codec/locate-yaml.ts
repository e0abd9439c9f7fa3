import { parseDocument } from "./yaml/parse-document.ts";
import { YamlFault } from "./yaml/yaml-fault.ts";

/** Where a value stands in a text: offsets, from its key (of list items from the value) and from the value to its end. */
export interface YamlRange {
  readonly key: number;
  readonly start: number;
  readonly end: number;
}

interface OpenNode {
  readonly isList: boolean;
  count: number;
  key: string;
  keyOffset: number;
}

/**
 * Returns where the value at a path stands in the first document of a text, the last one of a key that is given twice;
 * undefined where none is written, also where it comes of an alias or the text is no YAML.
 */
export function locateYaml(text: string, path: readonly (string | number)[]): YamlRange | undefined {
  const wanted = path.map(String);
  const open: OpenNode[] = [];
  let found: { key: number; start: number } | undefined;
  let end: number | undefined;
  /** Whether the value that was found is still open. */
  let depth: number | undefined;
  const enter = (offset: number, key: string | undefined): void => {
    if (found !== undefined && depth === undefined) end ??= offset;
    const parent = open.at(-1);
    const isKey = parent !== undefined && !parent.isList && parent.count % 2 === 0;
    if (isKey) {
      parent.key = key ?? "";
      parent.keyOffset = offset;
    } else if (isWanted()) {
      found = { key: parent?.isList === false ? parent.keyOffset : offset, start: offset };
      end = undefined;
      depth = open.length;
    }
  };
  const isWanted = (): boolean =>
    open.length === wanted.length &&
    open.every((node, index) => (node.isList ? String(node.count) : node.key) === wanted[index]);
  const leave = (): void => {
    if (depth === open.length) depth = undefined;
    const parent = open.at(-1);
    if (parent !== undefined) parent.count++;
  };
  try {
    parseDocument(text, {
      scalar: ({ offset }, value) => {
        enter(offset, value);
        leave();
      },
      alias: (offset) => {
        enter(offset, undefined);
        leave();
      },
      open: ({ offset }, isList) => {
        enter(offset, undefined);
        open.push({ isList, count: 0, key: "", keyOffset: offset });
      },
      close: () => {
        open.pop();
        leave();
      },
    });
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    return undefined;
  }
  if (found === undefined) return undefined;
  return { ...found, end: found.start + trimmed(text.slice(found.start, end)).length };
}

/** What stands between a value and the next one belongs to neither: blanks, brackets, dashes of lists, comments. */
function trimmed(text: string): string {
  const isPlain = /^[^"'|>&![{]/u.test(text);
  let rest = text.trimEnd();
  for (;;) {
    const lineStart = rest.lastIndexOf("\n") + 1;
    const line = rest.slice(lineStart).trim();
    const isBetween = lineStart > 0 && (line === "-" || line.startsWith("#"));
    const comment = isPlain && lineStart === 0 ? rest.search(/\s#/u) : -1;
    if (isBetween) rest = rest.slice(0, lineStart).trimEnd();
    else if (comment >= 0) rest = rest.slice(0, comment).trimEnd();
    else if (/[,\]}]$/u.test(rest)) rest = rest.slice(0, -1).trimEnd();
    else return rest;
  }
}
