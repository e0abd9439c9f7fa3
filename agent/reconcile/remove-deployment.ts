import { entryKey } from "../../shared/drift/inventory-entry.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { planHooks } from "../../shared/render/hooks/plan-hooks.ts";
import type { DeploymentRecord } from "./deployment-record.ts";
import { beginRun, type HookRun, nextStage } from "./hook-run.ts";
import { defaultTimeoutMs } from "./hook-timeout.ts";
import type { StoredInventory } from "./inventory.ts";
import type { PassDeps } from "./pass.ts";
import { takeNamespace } from "./leave-namespace.ts";
import { firstUnknown, pruneDeployment } from "./prune-deployment.ts";
import { type HookProgress, runHooks } from "./run-hooks.ts";

/** A deployment that the hub said to remove. */
export interface Removing {
  readonly bundle: string;
  readonly record: DeploymentRecord;
  readonly client: KubeClient;
}

/** `gone`: nothing is left of it, its inventory included. */
export type RemovalProgress =
  | { readonly type: "gone" }
  | { readonly type: "left"; readonly afterMs?: number | undefined };

/**
 * Removes a deployment, as far as one look comes: hooks before, objects, hooks after. A hook before that fails keeps all that
 * is there (`HOOK_FAILED`, tried again); one after is only logged, as Helm does: there is nothing left to keep.
 */
export async function removeDeployment(deps: PassDeps, removing: Removing): Promise<RemovalProgress> {
  const { bundle, record } = removing;
  const { inventories } = deps;
  record.hook = undefined;
  const run = firstUnknown(deps, bundle) === undefined ? await removalRun(deps, inventories.get(bundle)) : undefined;
  if (run?.stage === "before") {
    record.removing = true;
    const progress = await runStage(deps, removing, run);
    if (progress.type === "waiting") return { type: "left", afterMs: progress.afterMs };
    // Whoever wants it again from here on installs it anew.
    const applied = { deploymentId: undefined, renderDigest: undefined, release: undefined };
    const next = nextStage(deps.clock, progress.run, "objects");
    await inventories.save({ ...inventories.get(bundle), ...applied, run: next });
    await deps.onStep("stage-finished", bundle);
  }
  const afterMs = await pruneDeployment(deps, { ...removing, desired: new Set(), said: true });
  record.error = undefined;
  if (inventories.get(bundle).entries.length > 0) return { type: "left", afterMs };
  if (!(await finishHooks(deps, removing))) return { type: "left", afterMs: 100 };
  if (await takeNamespace(deps, removing)) return { type: "left", afterMs: 0 };
  if (inventories.get(bundle).verified !== undefined) await deps.verified.keepOnly(bundle, undefined);
  await inventories.drop(bundle);
  return { type: "gone" };
}

/** Returns where the removal's hooks are, undefined where none are to run. */
async function removalRun(deps: PassDeps, inventory: StoredInventory): Promise<HookRun | undefined> {
  const { run, deleteHooks = [], release, keepResources, bundle } = inventory;
  if (deleteHooks.length === 0) return undefined;
  const isBegun = run?.occasion === "delete";
  const wasApplied = release !== undefined || (run !== undefined && run.stage !== "before");
  // Objects that another bundle takes over stay what they are: a hook that takes them apart would harm that bundle.
  const heir = inventory.entries.some((entry) => deps.claims.wantedBy(entryKey(entry), bundle) !== undefined);
  if (inventory.skipHooks === true || (!isBegun && (!wasApplied || keepResources || heir))) {
    deps.log.info({ bundle, hooks: deleteHooks.length }, "hooks for the removal are not run");
    // Whoever wants it again has to apply it again, and learns of the hooks by that.
    const applied = { deploymentId: undefined, renderDigest: undefined };
    await deps.inventories.save({ ...inventory, ...applied, deleteHooks: [], run: undefined, skipHooks: undefined });
    return undefined;
  }
  if (isBegun) return run;
  const { deploymentId = "", renderDigest = "" } = inventory;
  const first = beginRun(deps.clock, { deploymentId, renderDigest, occasion: "delete", stage: "before" });
  await deps.inventories.save({ ...inventory, run: first });
  return first;
}

/** Returns whether the hooks after the objects have run, or have failed. */
async function finishHooks(deps: PassDeps, removing: Removing): Promise<boolean> {
  const { bundle } = removing;
  const { run, deleteHooks = [] } = deps.inventories.get(bundle);
  if (run?.occasion !== "delete" || deleteHooks.length === 0) return true;
  const after = run.stage === "after" ? run : nextStage(deps.clock, run, "after");
  if (after.failures > 0) return true;
  if (after !== run) await deps.inventories.save({ ...deps.inventories.get(bundle), run: after });
  try {
    const progress = await runStage(deps, removing, after);
    return progress.type === "finished";
  } catch (error) {
    if (!hasCode(error, "HOOK_FAILED")) throw error;
    deps.log.warn({ bundle, err: error }, "hook after the removal failed");
    return true;
  }
}

async function runStage(deps: PassDeps, { bundle, record, client }: Removing, run: HookRun): Promise<HookProgress> {
  const { deleteHooks = [], hookTimeoutMs = defaultTimeoutMs } = deps.inventories.get(bundle);
  const plan = planHooks(deleteHooks, "delete");
  const progress = await runHooks({
    ...deps,
    client,
    hooks: run.stage === "before" ? plan.before : plan.after,
    run,
    event: run.stage === "before" ? "pre-delete" : "post-delete",
    timeoutMs: hookTimeoutMs,
    holder: (key) => deps.inventories.holders(key)[0],
    isFormer: () => false,
    save: async (changed) => deps.inventories.save({ ...deps.inventories.get(bundle), run: changed }),
  });
  record.error = undefined;
  if (progress.type === "waiting") record.hook = progress.for;
  return progress;
}
