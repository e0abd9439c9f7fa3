import type { ApiObject } from "../resources/api-object.ts";
import { emptyGoStruct } from "../resources/go-struct.ts";
import type { ResourceDefinition } from "../resources/resource-definition.ts";
import { apiVersionOf, inServedVersion, storageKeyOf } from "../resources/verbs/write-request.ts";
import type { ObjectFilter, ObjectList } from "../storage/object-store.ts";
import { selectEvent, type WatchEvent } from "./select-event.ts";

/** What to watch and from where. */
export interface WatchPlan {
  readonly definition: ResourceDefinition;
  readonly namespace: string | undefined;
  readonly filter: ObjectFilter | undefined;
  /** "" and "0": begin with what is there now; else the changes after this version. */
  readonly resourceVersion: string;
  /** Streaming list: begin with what is there and mark its end by a bookmark; false: only what changes from now on. */
  readonly sendInitialEvents: boolean | undefined;
  readonly bookmarks: boolean;
  readonly bookmarkEveryMs: number;
}

/** An event of a watch; a bookmark carries a version only, and a mark when it ends the initial events. */
export interface BookmarkEvent {
  readonly type: "BOOKMARK";
  readonly object: ApiObject;
}

const initialEventsEnd = { "k8s.io/initial-events-end": "true" };

/**
 * Returns the events of a watch until `signal` is aborted; throws Expired (410) when the version is too old or the reader
 * lags. The watch begins with the first read.
 */
export async function* watchEvents(
  plan: WatchPlan,
  signal: AbortSignal,
): AsyncGenerator<BookmarkEvent | WatchEvent, void, undefined> {
  const { definition } = plan;
  const isFromNow = plan.sendInitialEvents === true || plan.resourceVersion === "" || plan.resourceVersion === "0";
  let from = plan.resourceVersion;
  if (isFromNow) {
    const list = await listNow(plan);
    from = list.resourceVersion;
    if (plan.sendInitialEvents !== false) {
      for (const object of list.items) yield { type: "ADDED", object: inServedVersion(object, definition) };
    }
    if (plan.sendInitialEvents === true && plan.bookmarks) yield bookmark(plan, from, initialEventsEnd);
  }
  const events = definition.store.watch(
    {
      resource: storageKeyOf(definition),
      namespace: plan.namespace,
      fromResourceVersion: from,
      progressEveryMs: plan.bookmarks ? plan.bookmarkEveryMs : undefined,
    },
    signal,
  );
  for await (const change of events) {
    if (change.type === "progress") {
      yield bookmark(plan, change.resourceVersion);
      continue;
    }
    const event = selectEvent(change, plan.filter);
    if (event !== undefined) yield { type: event.type, object: inServedVersion(event.object, definition) };
  }
}

async function listNow({ definition, namespace, filter }: WatchPlan): Promise<ObjectList> {
  return definition.store.list({ resource: storageKeyOf(definition), namespace, filter });
}

function bookmark(
  { definition }: WatchPlan,
  resourceVersion: string,
  annotations?: Readonly<Record<string, string>>,
): BookmarkEvent {
  const { schema, names } = definition;
  const empty = schema?.goStructs === true ? emptyGoStruct(schema) : {};
  const metadata = annotations === undefined ? { resourceVersion } : { resourceVersion, annotations };
  return {
    type: "BOOKMARK",
    object: { kind: names.kind, apiVersion: apiVersionOf(definition), ...empty, metadata },
  };
}
