import { CodecError } from "./codec-error.ts";
import type { JsonValue } from "./json-value.ts";
import { type YamlChunk, splitYaml } from "./split-yaml.ts";
import { type TextPosition, positionAt } from "./text-position.ts";
import { readSimpleYaml } from "./yaml/read-simple-yaml.ts";
import type { ComposedYaml, YamlPlace } from "./yaml/compose-state.ts";
import { composeYaml } from "./yaml/compose-yaml.ts";
import { rescanSimpleYaml, type ScannedYaml } from "./yaml/rescan-simple-yaml.ts";
import { YamlFault } from "./yaml/yaml-fault.ts";

/** A key given twice: kubectl and Fleet quietly take the last. */
export interface YamlDuplicateKey extends TextPosition {
  readonly path: readonly (string | number)[];
}

/** One document of a YAML text. */
export interface YamlDocument {
  readonly value: JsonValue;
  /** Returns where the entry at a path stands: a map entry's key, a list item's first character. Computed when asked. */
  readonly positionOf: (path: readonly (string | number)[]) => TextPosition | undefined;
  readonly duplicateKeys: readonly YamlDuplicateKey[];
}

/**
 * Returns the documents of a YAML text as kubectl reads them: libyaml's grammar, go-yaml v2's YAML 1.1 scalars, merge
 * keys, integers to uint64 exact (`bigint` outside ±(2^53−1)). Documents without any content are left out, as is what
 * follows a document without a `---` before it. Throws `CodecError` with file, line and column.
 */
export function parseYaml(text: string, options: { readonly file?: string | undefined } = {}): YamlDocument[] {
  return splitYaml(text, options).flatMap((chunk) => parseChunk({ text, chunk, file: options.file }) ?? []);
}

/**
 * Returns the first document of a YAML text as `Unmarshal` of sigs.k8s.io/yaml reads it (fleet.yaml, values files), undefined
 * when it is empty: what follows is not even read. Throws `CodecError`.
 */
export function parseFirstYaml(
  text: string,
  options: { readonly file?: string | undefined } = {},
): YamlDocument | undefined {
  return parseChunk({ text, chunk: { text, offset: 0 }, file: options.file });
}

/**
 * Returns the entries of a document, and `undefined` unless it is a map that is known to be read without a fault: quicker than to
 * read all of it for a few of its entries, and quicker yet where little has changed since the last time.
 */
export function scanYaml(text: string, last?: ScannedYaml): ScannedYaml | undefined {
  return rescanSimpleYaml(text, last);
}

/** Returns the texts of those entries whose keys satisfy a test, one after the other: a document of their own. */
export function pickYamlEntries({ text, entries }: ScannedYaml, isWanted: (key: string) => boolean): string {
  let picked = "";
  for (const { key, start, end } of entries) if (isWanted(key)) picked += text.slice(start, end);
  return picked;
}

interface Parsing {
  readonly text: string;
  readonly chunk: YamlChunk;
  readonly file: string | undefined;
}

function parseChunk(parsing: Parsing): YamlDocument | undefined {
  const simple = readSimpleYaml(parsing.chunk.text);
  const composed = simple === undefined ? compose(parsing, false) : { value: simple, duplicates: [] };
  if (composed === undefined) return undefined;
  let root: YamlPlace | undefined;
  return {
    value: composed.value,
    duplicateKeys: composed.duplicates.map(({ path, offset }) => ({ path, ...locate(parsing, offset) })),
    positionOf: (path) => {
      root ??= compose(parsing, true)?.place;
      const place = path.reduce<YamlPlace | undefined>((at, step) => at?.children?.get(String(step)), root);
      return place === undefined ? undefined : locate(parsing, place.offset);
    },
  };
}

function compose(parsing: Parsing, track: boolean): ComposedYaml | undefined {
  try {
    return composeYaml(parsing.chunk.text, track);
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw new CodecError({ ...locate(parsing, error.offset), file: parsing.file, reason: error.message, go: error.go });
  }
}

function locate(parsing: Parsing, offset: number): TextPosition {
  return positionAt(parsing.text, parsing.chunk.offset + offset);
}
