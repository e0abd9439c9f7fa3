import { type YamlDocument, parseYaml } from "../../codec/parse-yaml.ts";
import { splitYaml } from "../../codec/split-yaml.ts";

/**
 * Returns the first YAML document of a text, and whether more follow; Go's `yaml.Unmarshal` reads no further, so that what
 * follows may even be broken. Throws `CodecError`.
 */
export function readFirstDocument(text: string, file: string): { document: YamlDocument | undefined; more: boolean } {
  let document: YamlDocument | undefined;
  for (const chunk of splitYaml(text)) {
    if (document === undefined) document = parseYaml(text.slice(0, chunk.offset + chunk.text.length), { file })[0];
    else if (/^\s*[^#\s]/mu.test(chunk.text)) return { document, more: true };
  }
  return { document, more: false };
}
