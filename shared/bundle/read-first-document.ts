import { type YamlDocument, parseYaml } from "../../codec/parse-yaml.ts";
import { splitYaml } from "../../codec/split-yaml.ts";
import { type TextPosition, positionAt } from "../../codec/text-position.ts";

/** The first YAML document of a text, and where the next one begins if there is one. */
export interface FirstDocument {
  readonly document: YamlDocument | undefined;
  readonly next?: TextPosition;
}

/**
 * Returns the first YAML document of a text, and where more follow; Go's `yaml.Unmarshal` reads no further, so that what
 * follows may even be broken. Throws `CodecError`.
 */
export function readFirstDocument(text: string, file: string): FirstDocument {
  let document: YamlDocument | undefined;
  for (const chunk of splitYaml(text)) {
    if (document === undefined) document = parseYaml(text.slice(0, chunk.offset + chunk.text.length), { file })[0];
    else {
      const start = chunk.text.search(/^[ \t]*[^#\s]/mu);
      if (start >= 0) return { document, next: positionAt(text, chunk.offset + start) };
    }
  }
  return { document };
}
