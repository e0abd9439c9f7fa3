import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import type { ObjectMeta } from "../../shared/api/meta.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { HttpConnection } from "../http-connection.ts";
import { collectionPath, type ApiResource } from "./api-resource.ts";
import type { KubeClient } from "./kube-client.ts";
import type { KubeConnection } from "./kube-connection.ts";
import { kubeError, readStatus } from "./kube-status.ts";
import { readLines } from "./read-lines.ts";

/** What a watch says about one object: its metadata as it is now, or that the selector no longer finds it. */
export type WatchEvent =
  | { readonly type: "seen"; readonly metadata: ObjectMeta }
  | { readonly type: "gone"; readonly metadata: ObjectMeta };

/** What a watch is made from. */
export interface WatchOptions {
  readonly resource: ApiResource;
  readonly namespace?: string;
  /** Labels or fields (`metadata.name=db`) that narrow it: without either it is the whole kind. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly client: KubeClient;
  readonly connection: KubeConnection;
  /** Connections for watches only: each holds one. */
  readonly http: HttpConnection;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent) => void;
  /** The kind was listed whole; what is not in `names` (`namespace/name`) is not there. */
  readonly onListed: (names: ReadonlySet<string>) => void;
}

const metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/**
 * Watches the metadata of a kind's selected objects until the signal is aborted: lists in pages, then watches with
 * bookmarks, resuming where it stopped; lists again only when the server has forgotten that point (410). Faults are
 * logged and retried with backoff.
 */
export async function watchObjects(options: WatchOptions): Promise<void> {
  const { log, signal } = options;
  const place: WatchPlace = { resourceVersion: undefined };
  let failures = 0;
  while (!signal.aborted) {
    try {
      place.resourceVersion ??= await listMetadata(options);
      await watchOnce(options, place);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const fault = toAppError(error);
      if (fault.code === "KUBE_EXPIRED") {
        place.resourceVersion = undefined;
        continue;
      }
      // A kind that is gone comes back, if ever, with a new list.
      if (fault.code === "KUBE_NOT_FOUND") {
        place.resourceVersion = undefined;
        options.onListed(new Set());
      }
      failures++;
      const fields = { kind: options.resource.kind, code: fault.code, err: fault, failures };
      // A watch that never comes about (permissions) must be noticed; one that breaks now and then is ordinary.
      if (failures === 3) log.warn(fields, "watch keeps failing");
      else log.debug(fields, "watch ended by a fault");
      const waitMs = Math.max(fault.afterMs ?? 0, backoffMs(failures, { baseMs: 200, maxMs: 30_000 }));
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function listMetadata(options: WatchOptions): Promise<string> {
  const { client, resource } = options;
  const names = new Set<string>();
  let next = "";
  let resourceVersion = "";
  do {
    const query = { ...selectorsOf(options), limit: "500", ...(next === "" ? {} : { continue: next }) };
    const path = collectionPath(resource, options.namespace);
    const page = await client.raw({ method: "GET", path, accept: metadataList, query });
    const items = isJsonObject(page) && Array.isArray(page["items"]) ? page["items"] : [];
    for (const item of items) {
      const metadata = metadataOf(item);
      if (metadata === undefined) continue;
      names.add(`${metadata.namespace ?? ""}/${metadata.name ?? ""}`);
      options.onEvent({ type: "seen", metadata });
    }
    const listMeta = isJsonObject(page) && isJsonObject(page["metadata"]) ? page["metadata"] : {};
    next = typeof listMeta["continue"] === "string" ? listMeta["continue"] : "";
    resourceVersion = typeof listMeta["resourceVersion"] === "string" ? listMeta["resourceVersion"] : "";
  } while (next !== "");
  options.onListed(names);
  return resourceVersion;
}

function selectorsOf({ labelSelector, fieldSelector }: WatchOptions): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/** How far a watch has come; undefined: a list is needed. Kept also when a connection breaks. */
interface WatchPlace {
  resourceVersion: string | undefined;
}

/** Watches until the server ends the watch, as it does every few minutes. */
async function watchOnce(options: WatchOptions, place: WatchPlace): Promise<void> {
  const timeoutSeconds = 240 + Math.floor(Math.random() * 120);
  const query = new URLSearchParams({
    watch: "1",
    allowWatchBookmarks: "true",
    resourceVersion: place.resourceVersion ?? "",
    timeoutSeconds: String(timeoutSeconds),
    ...selectorsOf(options),
  });
  const path = collectionPath(options.resource, options.namespace);
  const authorization = options.connection.authorization();
  const incoming = await options.http.stream({
    method: "GET",
    path: `${path}?${query.toString()}`,
    headers: {
      accept: metadataOnly,
      "user-agent": "drover-agent",
      ...(authorization === undefined ? {} : { authorization }),
    },
    timeoutMs: 30_000,
    signal: options.signal,
  });
  // A connection that died without a word is noticed by the silence after the server should have ended the watch.
  incoming.setTimeout((timeoutSeconds + 30) * 1000, () => incoming.destroy(new Error("the watch fell silent")));
  if (incoming.statusCode !== 200) throw await failedAnswer(incoming, path);
  for await (const line of readLines(incoming)) {
    place.resourceVersion = takeEvent(options, parseJson(line)) ?? place.resourceVersion;
  }
}

function takeEvent(options: WatchOptions, event: JsonValue): string | undefined {
  if (!isJsonObject(event)) return undefined;
  if (event["type"] === "ERROR") {
    const code = isJsonObject(event["object"]) ? event["object"]["code"] : undefined;
    throw kubeError(readStatus(typeof code === "number" ? code : 500, event["object"], "watch error"), "watch");
  }
  const metadata = metadataOf(event["object"]);
  if (metadata === undefined) return undefined;
  if (event["type"] === "DELETED") options.onEvent({ type: "gone", metadata });
  else if (event["type"] !== "BOOKMARK") options.onEvent({ type: "seen", metadata });
  return metadata.resourceVersion;
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
  return kubeError(readStatus(incoming.statusCode ?? 500, body, `HTTP ${incoming.statusCode}`), `watch ${path}`);
}

function metadataOf(value: JsonValue | undefined): ObjectMeta | undefined {
  return isJsonObject(value) && isMeta(value["metadata"]) ? value["metadata"] : undefined;
}

function isMeta(value: JsonValue | undefined): value is JsonObject & ObjectMeta {
  return isJsonObject(value);
}
