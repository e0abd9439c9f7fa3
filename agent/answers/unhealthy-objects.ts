import type { KubeObject } from "../../shared/api/meta.ts";
import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { ObjectName } from "../../shared/protocol/questions.ts";
import { apiVersionOf } from "../kube/api-resource.ts";
import { runAll } from "../run-all.ts";
import { type AnswerDeps, type AskedDeployment, ownedEntry, parallelReads, readNamed } from "./answer-deps.ts";

/** One object that somebody wonders about. */
export interface WonderedObject {
  readonly entry: InventoryEntry;
  /** Absent when it is not there. */
  readonly live: KubeObject | undefined;
  /** What it waits for; absent when it is ready. */
  readonly message: string | undefined;
}

/** Objects that are told of in one answer: what they all wait for is mostly the same. */
const maxObjects = 10;

/** Returns the objects of a deployment that are not ready, at most ten; only `object`, ready or not, when one is named. */
export async function unhealthyObjects(
  deps: AnswerDeps,
  asked: AskedDeployment,
  { object, signal }: { readonly object: ObjectName | undefined; readonly signal: AbortSignal },
): Promise<{ readonly objects: readonly WonderedObject[]; readonly left: number }> {
  const { judge, canWait } = await deps.judgeOf(asked.inventory.bundle);
  const entries = object === undefined ? asked.inventory.entries : [ownedEntry(asked, object)];
  const looked = await runAll(entries, parallelReads, async (entry): Promise<WonderedObject | undefined> => {
    signal.throwIfAborted();
    const resource = await deps.discovery.resolveKind(entry.group, entry.kind);
    if (object === undefined && resource !== undefined && !canWait(apiVersionOf(resource), entry.kind)) {
      return undefined;
    }
    const live = resource === undefined ? undefined : await readNamed(deps, asked.client, entry);
    if (live === undefined) return { entry, live, message: "it is not there" };
    const health = judge(live);
    if (object === undefined && health.ready) return undefined;
    return { entry, live, message: health.ready ? undefined : health.message };
  });
  const found = looked.filter((one) => one !== undefined);
  return { objects: found.slice(0, maxObjects), left: Math.max(0, found.length - maxObjects) };
}
