/** One document's text within a stream. */
export interface YamlChunk {
  readonly text: string;
  /** Offset of the chunk in the stream. */
  readonly offset: number;
}

const separator = /^---[^\S\n]*(?:#[^\n]*)?(?:\n|$)/gm;

/**
 * Returns the documents of a stream, cut as kubectl cuts: at lines that are `---`, blanks and perhaps a comment. Chunks
 * without any text are left out. Source: YAMLReader of k8s.io/apimachinery.
 */
export function splitYaml(text: string): YamlChunk[] {
  const chunks: YamlChunk[] = [];
  let start = 0;
  if (text.includes("---")) {
    for (const match of text.matchAll(separator)) {
      if (match.index > start) chunks.push({ text: text.slice(start, match.index), offset: start });
      start = match.index + match[0].length;
    }
  }
  if (start < text.length) chunks.push({ text: text.slice(start), offset: start });
  return chunks;
}
