import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject } from "../../codec/json-value.ts";
import type { ObjectMeta } from "../../shared/api/meta.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { toAppError, type AppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { HttpConnection } from "../http-connection.ts";
import { collectionPath, type ApiResource } from "./api-resource.ts";
import type { KubeClient } from "./kube-client.ts";
import type { KubeConnection } from "./kube-connection.ts";
import { statusOf } from "./kube-status.ts";
import { metadataOf, type StreamEvent, watchStream } from "./watch-stream.ts";

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
  /** How long a server that streams a list may take to end it, in milliseconds. */
  readonly streamedListMs?: number;
}

/** How far a watch has come. Kept also when a connection breaks. */
interface WatchPlace {
  /** Undefined: a list is needed. */
  resourceVersion: string | undefined;
  /** Whether the server is asked for the list as the first events of the watch; false once it did not do so. */
  streamsLists: boolean;
  /** Faults, and watches that told nothing, in a row. */
  failures: number;
  /** Lists since a watch last told something. */
  lists: number;
}

const metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const pageSize = "500";
const initialEventsEnd = "k8s.io/initial-events-end";
const streamedListMs = 60_000;
const retry = { baseMs: 200, maxMs: 30_000 };
/** A watch that ends sooner without a word did not come about: what ends it would end the next one as well. */
const shortMs = 1000;

/**
 * Watches the metadata of a kind's selected objects until the signal is aborted. The list comes as the first events of the
 * watch where the server has that (KEP-3157), else in pages; then the watch goes on with bookmarks and is resumed where
 * it stopped. There is a list again only when the server has forgotten that point (410). Faults are logged and retried
 * with backoff, not before the time that the server says.
 */
export async function watchObjects(options: WatchOptions): Promise<void> {
  const { signal } = options;
  const place: WatchPlace = { resourceVersion: undefined, streamsLists: true, failures: 0, lists: 0 };
  while (!signal.aborted) {
    try {
      const startMs = performance.now();
      await watchOnce(options, place);
      if (performance.now() - startMs < shortMs) place.failures++;
      else Object.assign(place, { failures: 0, lists: 0 });
    } catch (error) {
      if (signal.aborted) return;
      const fault = toAppError(error);
      if (isOver(options, place, fault)) continue;
      await rest(signal, Math.max(fault.afterMs ?? 0, backoffMs(place.failures, retry)));
      continue;
    }
    // The first of them follows at once: servers end watches when they please.
    if (place.failures > 1) await rest(signal, backoffMs(place.failures - 1, retry));
  }
}

/** Notes what a fault means for where to go on. Returns whether to go on at once. */
function isOver(options: WatchOptions, place: WatchPlace, fault: AppError): boolean {
  if (place.resourceVersion === undefined && place.streamsLists && refusesStreams(fault)) {
    place.streamsLists = false;
    return true;
  }
  if (fault.code === "KUBE_EXPIRED") {
    place.resourceVersion = undefined;
    if (place.lists < 2) return true;
  }
  // A kind that is gone comes back, if ever, with a new list.
  if (fault.code === "KUBE_NOT_FOUND") {
    place.resourceVersion = undefined;
    options.onListed(new Set());
  }
  place.failures++;
  const { failures } = place;
  const fields = { kind: options.resource.kind, code: fault.code, err: fault, failures };
  // A watch that never comes about (permissions) must be noticed; one that breaks now and then is ordinary.
  if (failures === 3) options.log.warn(fields, "watch keeps failing");
  else options.log.debug(fields, "watch ended by a fault");
  return false;
}

/** Older servers find the question invalid; some have lists and no watches, or give leave for lists alone. */
function refusesStreams(fault: AppError): boolean {
  const { code = 0 } = statusOf(fault) ?? {};
  return code >= 400 && code < 500 && ![401, 404, 410, 429].includes(code);
}

async function rest(signal: AbortSignal, waitMs: number): Promise<void> {
  await delay(waitMs, undefined, { signal }).catch(() => undefined);
}

/** Watches until the server ends the watch, as it does every few minutes. */
async function watchOnce(options: WatchOptions, place: WatchPlace): Promise<void> {
  const isListed = place.resourceVersion === undefined;
  if (isListed) place.lists++;
  if (isListed && !place.streamsLists) place.resourceVersion = await listMetadata(options);
  const query =
    place.resourceVersion === undefined
      ? { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }
      : { resourceVersion: place.resourceVersion };
  const abort = new AbortController();
  const events = watchStream({
    path: collectionPath(options.resource, options.namespace),
    query: { ...query, ...selectorsOf(options) },
    connection: options.connection,
    http: options.http,
    timeoutSeconds: 240 + Math.floor(Math.random() * 120),
    signal: AbortSignal.any([options.signal, abort.signal]),
  });
  // Some servers take the question and never say that the list has ended.
  const timer = setTimeout(() => {
    if (place.resourceVersion !== undefined) return;
    place.streamsLists = false;
    abort.abort();
  }, options.streamedListMs ?? streamedListMs);
  const names = new Set<string>();
  try {
    for await (const event of events) takeEvent(options, event, { place, names });
  } finally {
    clearTimeout(timer);
  }
}

interface Taking {
  readonly place: WatchPlace;
  /** What the streamed list has told so far. */
  readonly names: Set<string>;
}

function takeEvent(options: WatchOptions, { type, metadata }: StreamEvent, { place, names }: Taking): void {
  if (type === "deleted") options.onEvent({ type: "gone", metadata });
  else if (type === "set") options.onEvent({ type: "seen", metadata });
  if (place.resourceVersion !== undefined) {
    place.resourceVersion = metadata.resourceVersion ?? place.resourceVersion;
    place.failures = 0;
    place.lists = 0;
    return;
  }
  if (type === "set") names.add(nameOf(metadata));
  else if (type === "deleted") names.delete(nameOf(metadata));
  else if (metadata.annotations?.[initialEventsEnd] === "true") {
    options.onListed(names);
    place.resourceVersion = metadata.resourceVersion;
  }
}

async function listMetadata(options: WatchOptions): Promise<string> {
  const { client, resource } = options;
  const names = new Set<string>();
  let next = "";
  let resourceVersion = "";
  do {
    const query = { ...selectorsOf(options), limit: pageSize, ...(next === "" ? {} : { continue: next }) };
    const path = collectionPath(resource, options.namespace);
    const page = await client.raw({ method: "GET", path, accept: metadataList, query });
    const items = isJsonObject(page) && Array.isArray(page["items"]) ? page["items"] : [];
    for (const item of items) {
      const metadata = metadataOf(item);
      if (metadata === undefined) continue;
      names.add(nameOf(metadata));
      options.onEvent({ type: "seen", metadata });
    }
    const listMeta = isJsonObject(page) && isJsonObject(page["metadata"]) ? page["metadata"] : {};
    next = typeof listMeta["continue"] === "string" ? listMeta["continue"] : "";
    resourceVersion = typeof listMeta["resourceVersion"] === "string" ? listMeta["resourceVersion"] : "";
  } while (next !== "");
  options.onListed(names);
  return resourceVersion;
}

function nameOf({ namespace = "", name = "" }: ObjectMeta): string {
  return `${namespace}/${name}`;
}

function selectorsOf({ labelSelector, fieldSelector }: WatchOptions): Record<string, string> {
  return {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}
