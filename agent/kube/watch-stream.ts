import type { IncomingMessage } from "node:http";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import type { ObjectMeta } from "../../shared/api/meta.ts";
import type { HttpConnection } from "../http-connection.ts";
import type { KubeConnection } from "./kube-connection.ts";
import { kubeError, readStatus } from "./kube-status.ts";
import { readLines } from "./read-lines.ts";

/** One line of a watch, `ERROR` aside. */
export interface StreamEvent {
  readonly type: "set" | "deleted" | "bookmark";
  readonly metadata: ObjectMeta;
}

/** Where a watch is asked for. */
export interface StreamRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  /** How long the server keeps the watch open. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Yields what a watch tells until the server ends it; throws what the server says went wrong as an `AppError`. */
export async function* watchStream(request: StreamRequest): AsyncGenerator<StreamEvent> {
  const { path, timeoutSeconds } = request;
  const query = new URLSearchParams({
    watch: "1",
    allowWatchBookmarks: "true",
    timeoutSeconds: String(timeoutSeconds),
    ...request.query,
  });
  const authorization = request.connection.authorization();
  const incoming = await request.http.stream({
    method: "GET",
    path: `${path}?${query.toString()}`,
    headers: {
      accept: metadataOnly,
      "user-agent": "drover-agent",
      ...(authorization === undefined ? {} : { authorization }),
    },
    timeoutMs: 30_000,
    signal: request.signal,
  });
  // A connection that died without a word is noticed by the silence after the server should have ended the watch.
  incoming.setTimeout((timeoutSeconds + 30) * 1000, () => incoming.destroy(new Error("the watch fell silent")));
  if (incoming.statusCode !== 200) throw await failedAnswer(incoming, path);
  for await (const line of readLines(incoming)) {
    const event = readEvent(parseJson(line));
    if (event !== undefined) yield event;
  }
}

function readEvent(event: JsonValue): StreamEvent | undefined {
  if (!isJsonObject(event)) return undefined;
  const { type, object } = event;
  if (type === "ERROR") {
    const code = isJsonObject(object) ? object["code"] : undefined;
    throw kubeError(readStatus({ code: typeof code === "number" ? code : 500, body: object }, "watch error"), "watch");
  }
  const metadata = metadataOf(object);
  if (metadata === undefined) return undefined;
  if (type === "BOOKMARK") return { type: "bookmark", metadata };
  return { type: type === "DELETED" ? "deleted" : "set", metadata };
}

async function failedAnswer(incoming: IncomingMessage, path: string): Promise<Error> {
  let text = "";
  for await (const chunk of incoming) {
    text += String(chunk);
    if (text.length > 65_536) break;
  }
  let body: JsonValue | undefined;
  try {
    body = parseJson(text);
  } catch {
    body = undefined;
  }
  const code = incoming.statusCode ?? 500;
  const failed = { code, body, retryAfter: incoming.headers["retry-after"] };
  return kubeError(readStatus(failed, `HTTP ${code}`), `watch ${path}`);
}

/** Returns the metadata of an object as it came, undefined where there is none. */
export function metadataOf(value: JsonValue | undefined): ObjectMeta | undefined {
  return isJsonObject(value) && isMeta(value["metadata"]) ? value["metadata"] : undefined;
}

function isMeta(value: JsonValue | undefined): value is JsonObject & ObjectMeta {
  return isJsonObject(value);
}
