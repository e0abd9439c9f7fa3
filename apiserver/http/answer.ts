import type { JsonObject } from "../../codec/json-value.ts";

/** What an endpoint answers when it is no stream. */
export interface Answer {
  readonly status: number;
  /** A string is sent as plain text, bytes as they are. */
  readonly body: JsonObject | Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Media type when it is not plain JSON: discovery documents name group, version and kind in it. */
  readonly contentType?: string | undefined;
}

/** What a kube-apiserver answers for a group, or a path, that it does not serve at all. */
export const pageNotFound: Answer = { status: 404, body: "404 page not found\n" };

/** Returns an answer with status 200. */
export function ok(body: JsonObject): Answer {
  return { status: 200, body };
}
