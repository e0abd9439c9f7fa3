import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { ObjectKey } from "../../apiserver/storage/object-store.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import type { Clock } from "../../shared/clock.ts";
import { gitRepoResource, type Hub, type Workspace } from "../desired/hub.ts";
import { describeLoss } from "../desired/loss.ts";
import type { ObjectTable } from "../store/object-table.ts";
import { warningEvent } from "./hub-event.ts";

/** What announcing held losses works with. */
export interface AnnounceLossesDeps {
  readonly hub: Hub;
  readonly objects: ObjectTable;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

/** The same loss is told again after this long: it is another one then, or still waits. */
const againMs = 3_600_000;

/** Changes are gathered this long: whoever relabels ten clusters one after the other is told once. */
const gatherMs = 1000;

/**
 * Writes an Event on a GitRepo whose clusters would lose bundles and keep them until somebody approves that: once an hour
 * for each such loss, whatever restarts. Disposing ends it.
 */
export function announceLosses({ hub, objects, clock, onFault }: AnnounceLossesDeps): AsyncDisposable {
  const changed = new Set<Workspace>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let ended = false;

  async function announce(workspace: Workspace): Promise<void> {
    const gitRepos = new Set([...workspace.bundles.values()].flatMap(({ gitRepo }) => gitRepo ?? []));
    for (const gitRepo of gitRepos) {
      const loss = workspace.budget.heldLoss(gitRepo, clock.now());
      if (loss === undefined) continue;
      const { namespace } = workspace;
      const text = describeLoss(gitRepo, loss);
      await objects.write(async (writer) => {
        const repo = await writer.read({ resource: gitRepoResource, namespace, name: gitRepo });
        if (repo === undefined) return;
        const event = heldEvent(repo, text, clock);
        const key: ObjectKey = { resource: "/events", namespace, name: event.metadata.name ?? "" };
        const known = await writer.read(key);
        if (known === undefined) await writer.create(key, event);
        else if (isStale(known, clock)) await writer.update(key, repeated(known, clock));
      });
    }
  }

  async function announceAfter(before: Promise<void>, workspaces: readonly Workspace[]): Promise<void> {
    await before;
    try {
      for (const workspace of workspaces) await announce(workspace);
    } catch (error) {
      onFault(error);
    }
  }

  function flush(): void {
    timer = undefined;
    const workspaces = [...changed];
    changed.clear();
    writing = announceAfter(writing, workspaces);
  }

  hub.onChange(({ workspace }) => {
    changed.add(workspace);
    if (!ended) timer ??= setTimeout(flush, gatherMs);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      ended = true;
      clearTimeout(timer);
      await writing;
    },
  };
}

/** The name says what is told, so that the same is told once. */
function heldEvent(
  { metadata: { namespace = "", name = "", uid = "" } }: ApiObject,
  message: string,
  clock: Clock,
): ApiObject {
  return warningEvent({
    name: `${name}.${stableHash([name, message]).slice(0, 16)}`,
    namespace,
    about: { apiVersion: fleetApiVersion, kind: "GitRepo", namespace, name, uid },
    reason: "RemovalHeld",
    message,
    time: metaTime(clock.now()),
  });
}

function isStale(event: ApiObject, clock: Clock): boolean {
  const { lastTimestamp } = event;
  return typeof lastTimestamp !== "string" || clock.now() - Date.parse(lastTimestamp) > againMs;
}

function repeated(event: ApiObject, clock: Clock): ApiObject {
  const count = typeof event["count"] === "number" ? event["count"] : 1;
  return { ...event, count: count + 1, lastTimestamp: metaTime(clock.now()) };
}
