import { YAMLException, parseEvents } from "js-yaml";
import { CodecError } from "./codec-error.ts";
import { ComposeFault, type ComposedYaml, type YamlPlace, composeYaml } from "./compose-yaml.ts";
import type { JsonValue } from "./json-value.ts";
import { type YamlChunk, splitYaml } from "./split-yaml.ts";
import { type TextPosition, positionAt } from "./text-position.ts";

/** Deeper YAML is refused: what is read here is walked recursively afterwards. */
export const maxYamlDepth = 1000;

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
 * Returns the documents of a YAML text as kubectl reads them: go-yaml v2's YAML 1.1 scalars, merge keys, integers to
 * uint64 exact (`bigint` outside ±(2^53−1)). Documents without any content are left out. Throws `CodecError` with file,
 * line and column.
 */
export function parseYaml(text: string, options: { readonly file?: string | undefined } = {}): YamlDocument[] {
  return splitYaml(text, options).flatMap((chunk) => parseChunk({ text, chunk, file: options.file }) ?? []);
}

interface Parsing {
  readonly text: string;
  readonly chunk: YamlChunk;
  readonly file: string | undefined;
}

function parseChunk(parsing: Parsing): YamlDocument | undefined {
  const composed = compose(parsing, false);
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
  const source = parsing.chunk.text;
  try {
    const events = parseEvents(source, { maxDepth: maxYamlDepth });
    return events.length === 0 ? undefined : composeYaml(source, events, track);
  } catch (error) {
    const { file } = parsing;
    if (error instanceof ComposeFault) {
      throw new CodecError({ ...locate(parsing, error.offset), file, reason: error.message });
    }
    if (error instanceof YAMLException) {
      throw new CodecError({ ...locate(parsing, error.mark?.position ?? 0), file, reason: error.reason });
    }
    throw error;
  }
}

function locate(parsing: Parsing, offset: number): TextPosition {
  return positionAt(parsing.text, parsing.chunk.offset + offset);
}
