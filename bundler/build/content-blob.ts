import { zstdCompressSync } from "node:zlib";

import type { Content } from "../../shared/api/content.ts";
import { contentBytes, contentId } from "../../shared/bundle/content-id.ts";
import { contentCompression, type StorableBlob } from "../store/blob-table.ts";
import type { ContentList } from "../store/content-list.ts";

/** A content on its way to the store: named by the SHA-256 of its JSON, compressed when asked. */
export interface ContentBlob extends StorableBlob {
  readonly content: Content;
}

/** Returns the blob of a content; `digest` is its id where it is known already, `list` how to join it from others. */
export function contentBlob(content: Content, digest: string = contentId(content), list?: ContentList): ContentBlob {
  let bytes: Uint8Array | undefined;
  const json = (): Uint8Array => (bytes ??= contentBytes(content));
  return {
    content,
    digest,
    get size() {
      return json().length;
    },
    compress: () => zstdCompressSync(json(), contentCompression),
    ...(list === undefined ? {} : { list }),
  };
}
