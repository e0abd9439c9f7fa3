import { CodecError } from "./codec-error.ts";
import { positionAt } from "./text-position.ts";

/** One document's text within a stream. */
export interface YamlChunk {
  readonly text: string;
  /** Offset of the chunk in the stream; it begins at the start of a line. */
  readonly offset: number;
}

/**
 * Returns the documents of a stream, cut as kubectl cuts: at lines that are `---`, blanks and perhaps a comment. A marker
 * that opens a document stays in it; a chunk of nothing but blanks is left out. Throws `CodecError` for another text
 * behind `---`. Source: `YAMLReader` of k8s.io/apimachinery.
 */
export function splitYaml(text: string, options: { readonly file?: string | undefined } = {}): YamlChunk[] {
  const chunks: YamlChunk[] = [];
  let start = 0;
  let marker = text.startsWith("---") ? 0 : nextMarker(text, 0);
  while (marker !== -1) {
    const lineEnd = text.indexOf("\n", marker);
    const end = lineEnd === -1 ? text.length : lineEnd + 1;
    const rest = text.slice(marker + 3, end).trim();
    if (rest !== "" && !rest.startsWith("#")) {
      const reason = `only a comment may stand behind the document separator, found ${JSON.stringify(rest)}`;
      throw new CodecError({ ...positionAt(text, marker + 3), file: options.file, reason });
    }
    if (marker > start) {
      addChunk(chunks, text, { start, end: marker });
      start = end;
    }
    marker = nextMarker(text, end - 1);
  }
  addChunk(chunks, text, { start, end: text.length });
  return chunks;
}

function nextMarker(text: string, from: number): number {
  const found = text.indexOf("\n---", from);
  return found === -1 ? -1 : found + 1;
}

function addChunk(chunks: YamlChunk[], text: string, range: { start: number; end: number }): void {
  const chunk = text.slice(range.start, range.end);
  if (chunk.trim() !== "") chunks.push({ text: chunk, offset: range.start });
}
