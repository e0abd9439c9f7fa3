import { randomUUID } from "node:crypto";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { ObjectKey, ResourceKey } from "../../apiserver/storage/object-store.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import { restoredAnnotation } from "../../shared/api/annotations.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Hub } from "../desired/hub.ts";
import type { CommittedChange, ObjectTable } from "../store/object-table.ts";
import type { StatusAnnouncer } from "./announce-status.ts";
import { warningEvent } from "./hub-event.ts";

/** What the guard works with. */
export interface RestoreGuardDeps {
  readonly objects: ObjectTable;
  readonly hub: Hub;
  /** Called when a workspace waits, or does not wait any more. */
  readonly announce: StatusAnnouncer["changed"];
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Finds out that the store was restored from a backup, by agents that follow a revision which it never gave out. Then it
 * marks every workspace, durably: a marked one tells nobody to remove anything until a person takes the mark away.
 */
export interface RestoreGuard {
  /** Takes in the revision that a cluster follows; resolves when what follows from it is durable. */
  notice(revision: number, cluster: string): Promise<void>;
  /** Takes in changes of Namespaces. */
  apply(changes: readonly Pick<CommittedChange, "key" | "type" | "object">[]): void;
}

const namespaceResource: ResourceKey = "/namespaces";

/** Returns a guard that knows which workspaces are marked. */
export async function createRestoreGuard(deps: RestoreGuardDeps): Promise<RestoreGuard> {
  const { objects, hub } = deps;
  let turn: Promise<void> = Promise.resolve();

  async function mark(revision: number, cluster: string): Promise<void> {
    if (objects.knowsVersion(revision)) return;
    const since = new Date(deps.clock.now()).toISOString();
    const { items } = await objects.list({ resource: namespaceResource });
    await objects.write(async (writer) => {
      for (const { metadata } of items) {
        const key: ObjectKey = { resource: namespaceResource, namespace: "", name: metadata.name ?? "" };
        const found = await writer.read(key);
        if (found === undefined || found.metadata.annotations?.[restoredAnnotation] !== undefined) continue;
        const annotations = { ...found.metadata.annotations, [restoredAnnotation]: since };
        await writer.update(key, { ...found, metadata: { ...found.metadata, annotations } });
        const event = restoredEvent(key.name, metaTime(deps.clock.now()));
        await writer.create({ resource: "/events", namespace: key.name, name: event.metadata.name ?? "" }, event);
      }
    });
    // After the mark: whoever follows a version that counts as known must find it.
    await objects.adoptVersion(revision);
    deps.log.warn(
      { revision, cluster },
      "the store was restored from a backup: nothing is removed until somebody approves it",
    );
  }

  const take = (object: ApiObject, isThere: boolean): void => {
    const name = object.metadata.name ?? "";
    const marked = isThere && object.metadata.annotations?.[restoredAnnotation] !== undefined;
    if (!hub.setRestored(name, marked)) return;
    const workspace = hub.workspace(name);
    const { partition } = workspace.status;
    deps.announce({
      workspace,
      affected: new Set(partition.classes.values()),
      bundles: workspace.bundles.keys(),
      clusters: partition.clusters.keys(),
    });
  };
  for (const object of (await objects.list({ resource: namespaceResource })).items) take(object, true);
  return {
    notice: async (revision, cluster) => {
      if (objects.knowsVersion(revision)) return;
      turn = turn.then(
        async () => mark(revision, cluster),
        async () => mark(revision, cluster),
      );
      await turn;
    },
    apply: (changes) => {
      for (const { key, type, object } of changes)
        if (key.resource === namespaceResource) take(object, type !== "deleted");
    },
  };
}

function restoredEvent(namespace: string, time: string): ApiObject {
  return warningEvent({
    name: `${namespace}.${randomUUID().slice(0, 16)}`,
    namespace,
    about: { apiVersion: "v1", kind: "Namespace", name: namespace },
    reason: "StoreRestored",
    message:
      "an agent follows a revision that the hub's store does not know: it was restored from a backup. " +
      "Nothing is removed from clusters until somebody approves it with `drover approve restore`",
    time,
  });
}
