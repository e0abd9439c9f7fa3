import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { Answer, OwnedObject } from "../../shared/protocol/answers.ts";
import type { Question } from "../../shared/protocol/questions.ts";
import type { Health } from "../../shared/status/assess-health.ts";
import { runAll } from "../run-all.ts";
import { type AnswerDeps, askedDeployment, parallelReads, readNamed } from "./answer-deps.ts";

/** Objects of one deployment that are looked at; more are listed only. */
const maxLooks = 500;

/** Returns everything that a deployment owns, with how it is. */
export async function answerInventory(
  deps: AnswerDeps,
  { bundle }: Extract<Question, { readonly kind: "inventory" }>,
  signal: AbortSignal,
): Promise<Answer> {
  const { inventory, client } = askedDeployment(deps, bundle);
  const { entries, deploymentId } = inventory;
  const { judge } = await deps.judgeOf(bundle);
  const looked = await runAll(entries.slice(0, maxLooks), parallelReads, async (entry) => {
    signal.throwIfAborted();
    try {
      return ownedObject(entry, stateOf(entry, await readNamed(deps, client, entry), judge));
    } catch (error) {
      if (hasCode(error, "KUBE_FORBIDDEN")) return ownedObject(entry, { state: "unread", message: messageOf(error) });
      if (hasCode(error, "KUBE_NOT_FOUND")) return ownedObject(entry, { state: "missing", message: messageOf(error) });
      throw error;
    }
  });
  const others = entries.slice(maxLooks).map((entry) => ownedObject(entry, { state: "unread" }));
  return {
    kind: "inventory",
    ...(deploymentId === undefined ? {} : { deploymentId }),
    objects: [...looked, ...others],
  };
}

type State = Pick<OwnedObject, "state" | "message">;

function ownedObject({ group, kind, namespace, name, uid }: InventoryEntry, state: State): OwnedObject {
  return { group, kind, namespace, name, ...(uid === undefined ? {} : { uid }), ...state };
}

function stateOf(entry: InventoryEntry, live: KubeObject | undefined, judge: (live: KubeObject) => Health): State {
  if (live === undefined) return { state: "missing" };
  if (entry.uid !== undefined && live.metadata.uid !== entry.uid) {
    return { state: "replaced", message: "somebody made another object of this name" };
  }
  const health = judge(live);
  if (live.metadata.deletionTimestamp !== undefined) return { state: "deleting", message: health.message };
  return health.ready ? { state: "ready" } : { state: "not-ready", message: health.message };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
