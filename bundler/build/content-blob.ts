import { constants, zstdCompressSync } from "node:zlib";

import type { Content } from "../../shared/api/content.ts";
import { contentBytes, contentId } from "../../shared/bundle/content-id.ts";

/** A content on its way to the store: named by the SHA-256 of its JSON, compressed when asked. */
export interface ContentBlob {
  readonly digest: string;
  /** Bytes of the JSON, uncompressed. */
  readonly size: number;
  /** Returns the JSON, compressed with zstd. */
  compress(): Buffer;
}

const level = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** Returns the blob of a content; `digest` is its id where it is known already. */
export function contentBlob(content: Content, digest: string = contentId(content)): ContentBlob {
  let bytes: Uint8Array | undefined;
  const json = (): Uint8Array => (bytes ??= contentBytes(content));
  return {
    digest,
    get size() {
      return json().length;
    },
    compress: () => zstdCompressSync(json(), level),
  };
}
