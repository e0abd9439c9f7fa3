import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { JsonObject } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { ApiError, toStatus } from "../resources/api-error.ts";
import { quoteGoString } from "../resources/go-text.ts";
import { watchEvents } from "../watch/watch-events.ts";
import { objectFilterOf } from "./object-filter.ts";
import { inForm, objectForm } from "./present.ts";
import type { ListOptions } from "./request-query.ts";
import { namespaceOf, type StoredCall } from "./resource-call.ts";

/** Watches without `timeoutSeconds` end after 30 to 60 minutes (kube-apiserver's --min-request-timeout). */
const minTimeoutSeconds = 1800;

/** Streams events until the client goes, the time is over or an error event was sent; the answer has then ended. */
export async function serveWatch(call: StoredCall, options: ListOptions): Promise<void> {
  const { definition, path, response, server } = call;
  const form = objectForm(call);
  const namespace = namespaceOf(path, definition.names);
  const plan = {
    definition,
    namespace: namespace === "" ? undefined : namespace,
    filter: objectFilterOf(watchSelectors(call, options), definition),
    resourceVersion: options.resourceVersion,
    sendInitialEvents: options.sendInitialEvents,
    bookmarks: options.allowWatchBookmarks,
    bookmarkEveryMs: server.bookmarkEveryMs,
  };
  if (!/^\d*$/.test(options.resourceVersion)) throw unreadableVersion(options.resourceVersion);
  const timeoutSeconds = options.timeoutSeconds ?? minTimeoutSeconds * (1 + server.random());
  const signal = AbortSignal.any([call.openSignal(), AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000))]);
  const contentType = form.format === "yaml" ? "application/yaml" : "application/json";
  response.writeHead(200, { "Content-Type": contentType, "Cache-Control": "no-cache, private" });
  response.flushHeaders();
  try {
    let isFirst = true;
    for await (const event of watchEvents(plan, signal)) {
      const object = inForm(event.object, form, call);
      await send(response, { type: event.type, object: isFirst ? object : withoutHeaders(object) }, signal);
      if (signal.aborted) break;
      isFirst = false;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await send(response, { type: "ERROR", object: toStatus(error) }, signal);
  } finally {
    response.end();
  }
}

/** A list answers 400 here, a watch this. */
function unreadableVersion(text: string): ApiError {
  const quoted = quoteGoString(text);
  const problem = `strconv.ParseUint: parsing ${quoted}: invalid syntax`;
  return new ApiError("Unknown", `resourceVersion: Invalid value: ${quoted}: ${problem}`);
}

/** A watch of one name is a watch of the collection with a field selector. */
function watchSelectors({ path }: StoredCall, { labelSelector, fieldSelector }: ListOptions) {
  if (path.name === "") return { labelSelector, fieldSelector };
  const byName = `metadata.name=${path.name}`;
  return { labelSelector, fieldSelector: fieldSelector === "" ? byName : `${fieldSelector},${byName}` };
}

/** Only the first table of a watch says what its columns are. */
function withoutHeaders(object: JsonObject): JsonObject {
  return object["kind"] === "Table" ? { ...object, columnDefinitions: null } : object;
}

async function send(response: ServerResponse, event: JsonObject, signal: AbortSignal): Promise<void> {
  if (response.destroyed || response.writableEnded) return;
  if (response.write(`${printJson(event)}\n`)) return;
  await once(response, "drain", { signal }).catch((error: unknown) => {
    // The client is gone or the time is over: the loop sees the signal.
    if (!signal.aborted) throw error;
  });
}
