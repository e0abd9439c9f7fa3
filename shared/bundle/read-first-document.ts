import { type YamlDocument, parseYaml } from "../../codec/parse-yaml.ts";
import { type TextPosition, positionAt } from "../../codec/text-position.ts";

/** The first YAML document of a text, and where the next one begins if there is one. */
export interface FirstDocument {
  readonly document: YamlDocument | undefined;
  readonly next?: TextPosition;
}

const opening = /^\uFEFF?(?:[ \t]*(?:#.*)?\r?\n|%.*\r?\n)*---(?=\s|$)/u;
/** `...` ends a document, too, and is refused where none has begun. */
const separator = /^---(?=\s|$)|(?<=\S[^]*)^\.\.\.(?=\s|$)/mu;

/**
 * Returns the first YAML document of a text, and where more follow; Go's `yaml.Unmarshal` reads no further, so that what
 * follows may even be broken. An empty document is one, too. Throws `CodecError`.
 */
export function readFirstDocument(text: string, file: string): FirstDocument {
  const begin = opening.exec(text)?.[0].length ?? 0;
  const found = text.slice(begin).search(separator);
  const end = found === -1 ? text.length : begin + found;
  // What parseYaml would take for a document of its own: the lines of directives before the first one.
  const head = text.slice(0, begin).replaceAll(/^%/gmu, "#");
  const [document] = parseYaml(head + text.slice(begin, end), { file });
  const more = text.slice(end).search(/^(?!---(?:\s|$)|\.\.\.(?:\s|$))[ \t]*[^#\s]/mu);
  return { document, ...(more === -1 ? {} : { next: positionAt(text, end + more) }) };
}
