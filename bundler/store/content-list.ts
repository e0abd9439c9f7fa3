import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { type Content, contentSchema } from "../../shared/api/content.ts";

/** Largest blob that we read back, plain bytes: a bundle of this size could not be rendered anyway. */
export const blobLimitBytes = 64 * 1024 * 1024;

const count = z.number().int().nonnegative();

/** How a content is joined from files of others, in order. */
export const contentListSchema = z.object({
  /** Digests of the contents that files are taken from; none of them is a list. */
  pieces: z.array(z.string()),
  /** Number of the piece, first file, how many, and what comes before their names. */
  runs: z.array(z.tuple([count, count, count, z.string()]).readonly()),
});

export type ContentList = z.infer<typeof contentListSchema>;

/** Returns the zstd frame in which a list is stored. */
export function packList(list: ContentList): Uint8Array {
  return zstdCompressSync(JSON.stringify(list));
}

/** Returns a stored list; undefined when it is damaged. */
export function openList(data: Uint8Array): ContentList | undefined {
  return readFrame(data, (json) => contentListSchema.safeParse(JSON.parse(json)).data);
}

/** Returns a stored content; undefined when it is not what its digest says. */
export function openPiece(digest: string, data: Uint8Array): Content | undefined {
  return readFrame(data, (json) =>
    sha256Hex(json) === digest ? contentSchema.safeParse(JSON.parse(json)).data : undefined,
  );
}

/** Returns the content that a list makes of its pieces, given by digest; undefined when they lack a file that it names. */
export function joinContent(list: ContentList, pieces: ReadonlyMap<string, Content | undefined>): Content | undefined {
  const resources: Content["resources"][number][] = [];
  for (const [number, from, length, under] of list.runs) {
    const files = pieces.get(list.pieces[number] ?? "")?.resources.slice(from, from + length);
    if (files?.length !== length) return undefined;
    for (const file of files) resources.push({ ...file, name: under + file.name });
  }
  return { source: "files", resources };
}

function readFrame<T>(data: Uint8Array, read: (json: string) => T | undefined): T | undefined {
  try {
    return read(zstdDecompressSync(data, { maxOutputLength: blobLimitBytes }).toString("utf8"));
  } catch {
    // Not a whole frame, or not JSON: whoever asked says what follows from it.
    return undefined;
  }
}
