import type { KubeObject } from "../../shared/api/meta.ts";
import {
  entryKey,
  entryOf,
  objectKey,
  type InventoryEntry,
  type ObjectKey,
} from "../../shared/drift/inventory-entry.ts";
import type { Change } from "../../shared/drift/plan-changes.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { Discovery } from "../kube/discovery.ts";
import { targetOf, type KubeClient } from "../kube/kube-client.ts";
import { runAll } from "../run-all.ts";
import type { AdoptionGround } from "./adopt-object.ts";
import { applyObject } from "./apply-object.ts";
import { allStages, stagesOf } from "./apply-stage.ts";
import type { AppliedFields } from "./inventory.ts";
import { takeOwnershipAnnotation } from "./marks.ts";
import type { StepObserver } from "./step-observer.ts";
import { requireApi, waitForApis } from "./wait-for-apis.ts";
import { waitReady } from "./wait-ready.ts";

/** What came of one change. */
export type Outcome =
  | { readonly type: "applied"; readonly object: KubeObject; readonly applied: KubeObject }
  | { readonly type: "failed"; readonly object: KubeObject; readonly error: AppError };

/** What applying needs. */
export interface ApplyDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly signal: AbortSignal;
  readonly onStep: StepObserver;
}

/** Whose fields may be taken. */
export interface ApplyGround {
  readonly owned: readonly InventoryEntry[];
  readonly fields: AppliedFields;
  /** `takeOwnership`, or a correction of drift. */
  readonly force: boolean;
  readonly adoption?: AdoptionGround;
}

/** Applies of one deployment that are under way at the same time. */
const parallelApplies = 8;

/**
 * Carries out the applies of a change set, stage by stage, in parallel within a stage, and returns what came of each.
 * One object that fails does not stop the others. Throws only when the API server cannot be reached.
 */
export async function applyChanges(
  deps: ApplyDeps,
  changes: readonly Change[],
  ground: ApplyGround,
): Promise<Outcome[]> {
  const owned = new Map(ground.owned.map((entry) => [entryKey(entry), entry]));
  const outcomes: Outcome[] = [];
  const stageOf = stagesOf(changes.map(({ object }) => entryOf(object)));
  for (const stage of allStages) {
    const due = changes.filter((change) => isDue(change) && stageOf(entryOf(change.object)) === stage);
    if (due.length === 0) continue;
    if (stage === 4) await waitForApis(deps, due);
    outcomes.push(
      ...(await runAll(due, parallelApplies, ({ object }) => applyOne(deps, object, { ...ground, ownedByKey: owned }))),
    );
    if (due.some(({ object }) => object.kind === "CustomResourceDefinition")) deps.discovery.invalidate();
  }
  return outcomes;
}

function isDue(change: Change): boolean {
  return change.action === "apply" || change.action === "create" || change.action === "configure";
}

interface IndexedGround extends ApplyGround {
  readonly ownedByKey: ReadonlyMap<ObjectKey, InventoryEntry>;
}

async function applyOne(deps: ApplyDeps, object: KubeObject, ground: IndexedGround): Promise<Outcome> {
  const key = objectKey(object);
  try {
    const resource = await deps.discovery.resolve(object.apiVersion, object.kind);
    if (resource === undefined) {
      await requireApi(deps.client, object);
      const problem = `${object.kind}: the cluster does not serve ${object.apiVersion}; is its definition missing?`;
      throw new AppError("OBJECT_INVALID", problem, { verdict: "waiting", afterMs: 15_000 });
    }
    const target = targetOf(resource, object);
    await deps.onStep("apply", key);
    const taken = object.metadata.annotations?.[takeOwnershipAnnotation] === "true";
    const rights = {
      force: ground.force || taken,
      owned: ground.ownedByKey.get(key),
      fields: ground.fields[key],
      adoption: ground.adoption === undefined || !taken ? ground.adoption : { ...ground.adoption, takeOwnership: true },
    };
    const applied = await applyObject(deps.client, { target, object }, rights);
    await deps.onStep("applied", key);
    return { type: "applied", object, applied: await waitReady(deps.client, { target, object: applied }, deps.signal) };
  } catch (error) {
    const fault = toAppError(error);
    if (fault.code === "KUBE_UNREACHABLE" || fault.code === "INTERNAL") throw fault;
    return { type: "failed", object, error: fault };
  }
}
