import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { Logger } from "../../shared/log.ts";
import type { HttpConnection } from "../http-connection.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeConnection } from "../kube/kube-connection.ts";
import { watchObjects, type WatchEvent } from "../kube/watch-objects.ts";
import type { LiveIndex, Touch } from "./live-index.ts";
import { partOfLabel } from "./marks.ts";

/** One metadata-only watch per kind in use, over all namespaces. */
export interface KindWatches extends AsyncDisposable {
  /** Watches a kind, if it is not watched yet. */
  use(resource: ApiResource): void;
  /** Stops watching kinds (as `group/Kind`) that are not in use any more. */
  keepOnly(kinds: ReadonlySet<string>): void;
}

/** What the watches need. */
export interface KindWatchesDeps {
  readonly client: KubeClient;
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  readonly log: Logger;
  readonly index: LiveIndex;
  /** Returns the keys of a kind that any inventory holds. */
  readonly heldKeys: (group: string, kind: string) => Iterable<ObjectKey>;
  readonly isHeld: (key: ObjectKey) => boolean;
  readonly onTouch: (key: ObjectKey, touch: Touch) => void;
}

/** Returns watches, none running yet; disposing ends them all. */
export function createKindWatches(deps: KindWatchesDeps): KindWatches {
  const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<void> }>();

  function onEvent(prefix: string, event: WatchEvent): void {
    const { metadata } = event;
    const key = `${prefix}/${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
    if (!deps.isHeld(key)) return;
    if (event.type === "gone") {
      deps.index.gone(key);
      deps.onTouch(key, "fields");
      return;
    }
    const touch = deps.index.compare(key, metadata);
    if (touch !== undefined) deps.onTouch(key, touch);
  }

  function onListed(resource: ApiResource, names: ReadonlySet<string>): void {
    const prefix = kindOf(resource);
    for (const key of deps.heldKeys(resource.group, resource.kind)) {
      if (names.has(key.slice(prefix.length + 1))) continue;
      deps.index.gone(key);
      deps.onTouch(key, "fields");
    }
  }

  return {
    use: (resource) => {
      const kind = kindOf(resource);
      if (running.has(kind)) return;
      const abort = new AbortController();
      const done = watchObjects({
        resource,
        labelSelector: partOfLabel,
        client: deps.client,
        connection: deps.connection,
        http: deps.http,
        log: deps.log,
        signal: abort.signal,
        onEvent: (event) => onEvent(kind, event),
        onListed: (names) => onListed(resource, names),
      });
      running.set(kind, { abort, done });
    },
    keepOnly: (kinds) => {
      for (const [kind, { abort }] of running) {
        if (kinds.has(kind)) continue;
        abort.abort();
        running.delete(kind);
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

function kindOf(resource: ApiResource): string {
  return `${resource.group}/${resource.kind}`;
}
