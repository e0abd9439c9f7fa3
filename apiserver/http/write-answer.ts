import { gzipSync } from "node:zlib";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { printJson } from "../../codec/print-json.ts";
import type { Answer } from "./answer.ts";
import { prefersYaml } from "./negotiate.ts";

/** Answers above this size are compressed for clients that accept it (kube-apiserver: 128 KB). */
const compressAboveBytes = 128 * 1024;

/** Sends an answer as JSON: indented for people, compressed when it is long. */
export function writeAnswer(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  const mediaType = mediaTypeOf(answer, request);
  const { body } = answer;
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(textOf(body, mediaType, request));
  const headers: Record<string, string> = {
    "Cache-Control": "no-cache, private",
    "Content-Type": mediaType,
    ...answer.headers,
  };
  if (bytes.length <= compressAboveBytes || !acceptsGzip(request)) {
    response.writeHead(answer.status, { ...headers, "Content-Length": String(bytes.length) });
    response.end(bytes);
    return;
  }
  const compressed = gzipSync(bytes, { level: 1 });
  response.writeHead(answer.status, {
    ...headers,
    "Content-Encoding": "gzip",
    "Content-Length": String(compressed.length),
    Vary: "Accept-Encoding",
  });
  response.end(compressed);
}

function mediaTypeOf({ body, contentType }: Answer, request: IncomingMessage): string {
  if (contentType !== undefined) return contentType;
  if (typeof body === "string") return "text/plain; charset=utf-8";
  if (body instanceof Uint8Array) return "application/octet-stream";
  return prefersYaml(request.headers.accept) ? "application/yaml" : "application/json";
}

function textOf(body: JsonObject | string, mediaType: string, request: IncomingMessage): string {
  if (typeof body === "string") return body;
  if (mediaType === "application/yaml") return printGoYaml(body);
  return wantsIndent(request) ? printJson(body, { indent: 2 }) : `${printJson(body)}\n`;
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /(?:^|,)\s*gzip\s*(?:;|,|$)/.test(request.headers["accept-encoding"]?.toString() ?? "");
}

/** `?pretty` decides; without it browsers, curl and wget get indented JSON. */
function wantsIndent(request: IncomingMessage): boolean {
  const pretty = new URLSearchParams((request.url ?? "").split("?")[1] ?? "").get("pretty");
  if (pretty !== null) return pretty === "" || pretty === "1" || pretty === "true";
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers["user-agent"] ?? "");
}

/** Returns the value of a `Warning` header (RFC 7234), text in quotes with quotes and backslashes escaped. */
export function warningHeader(text: string): string {
  // Header values are Latin-1 without control characters.
  const safe = text.replaceAll(/[^\u0020-\u007e\u00a0-\u00ff]/g, "?").replaceAll(/["\\]/g, "\\$&");
  return `299 - "${safe}"`;
}
