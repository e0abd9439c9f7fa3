import { createHash, hash } from "node:crypto";

import type { Content, ContentResource } from "../api/content.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function asText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Returns a file as resource: text as it is, anything that is not UTF-8 as base64. */
export function toResource(name: string, bytes: Uint8Array): ContentResource {
  const text = asText(bytes);
  return text === undefined
    ? { name, content: Buffer.from(bytes).toString("base64"), encoding: "base64" }
    : { name, content: text };
}

/** Returns the bytes that are stored for a content; their SHA-256 is its id. */
export function contentBytes(content: Content): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(content));
}

/** Returns the id of a content: SHA-256 (hex) of `contentBytes`; equal resources give equal ids. */
export function contentId(content: Content): string {
  return hash("sha256", JSON.stringify(content), "hex");
}

/** Characters that Go's JSON encoder escapes and JavaScript's does not. */
function escapeLikeGo(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Returns the name that Fleet gives a content (its manifest id, `s-…`): a hash of the resources as Go prints them.
 * Equal to Fleet's as long as every resource is text; Fleet hashes what its own compressor makes of others.
 */
export function fleetContentName(resources: readonly { name?: string; content?: string; encoding?: string }[]): string {
  const listed = resources.map(({ name, content, encoding }) => ({
    ...(name === undefined || name === "" ? {} : { name }),
    ...(content === undefined || content === "" ? {} : { content }),
    ...(encoding === undefined ? {} : { encoding }),
  }));
  const json = escapeLikeGo(JSON.stringify({ resources: listed }));
  return `s-${createHash("sha256").update(`${json}\n`).digest("hex")}`.slice(0, 63);
}
