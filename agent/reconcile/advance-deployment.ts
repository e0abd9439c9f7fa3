import { objectKey } from "../../shared/drift/inventory-entry.ts";
import type { AppError } from "../../shared/errors.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { type HookPlan, planHooks } from "../../shared/render/hooks/plan-hooks.ts";
import { applyDeployment, asWhole, isAtomic } from "./apply-deployment.ts";
import type { Touched } from "./check-deployment.ts";
import { beginRun, type HookRun, nextStage } from "./hook-run.ts";
import { hookTimeoutMs, waitMsOf } from "./hook-timeout.ts";
import type { Inventory } from "./inventory.ts";
import type { Pass } from "./pass.ts";
import { runHooks } from "./run-hooks.ts";
import type { VerifiedRef } from "./verified-store.ts";
import { waitForObjects } from "./wait-for-objects.ts";

/** How far one look has brought a deployment that is not applied whole. */
export interface Advance {
  /** All objects of this render are in the cluster: what it does not have any more may go. */
  readonly applied: boolean;
  /** When to look again, undefined when it is whole. */
  readonly afterMs?: number | undefined;
  /** Why objects could not be applied; absent where all were. */
  readonly faults?: readonly AppError[];
}

/** Returns whether an inventory says that this render is applied whole and nothing else was begun to be applied since. */
export function isAppliedWhole(inventory: Inventory, pass: Pick<Pass, "wanted" | "rendered">): boolean {
  const { deploymentId, renderDigest, run } = inventory;
  if (run !== undefined && (run.stage !== "before" || run.occasion === "rollback")) return false;
  return deploymentId === pass.wanted.deploymentId && renderDigest === pass.rendered.digest;
}

/** Returns the run of this very render that was begun before, if there is one. */
export function runOf({ run }: Inventory, { wanted, rendered }: Pass): HookRun | undefined {
  if (run === undefined || run.occasion === "delete") return undefined;
  return run.deploymentId === wanted.deploymentId && run.renderDigest === rendered.digest ? run : undefined;
}

/**
 * Brings a deployment further, as Helm does it: on a first install definitions, hooks before, objects, hooks after. It comes back
 * when there is something to wait for, instead of holding up others. Throws `HOOK_FAILED`; what was applied then stays.
 */
export async function advanceDeployment(pass: Pass, touched: Touched): Promise<Advance> {
  const { deps, wanted, record } = pass;
  const inventory = deps.inventories.get(wanted.bundle);
  let run = runOf(inventory, pass) ?? newRun(pass, inventory);
  const plan = planHooks(pass.hooks, run.occasion);
  const waits = waitMsOf(pass.rendered.options) > 0;
  // Until it is verified, what left the bundle stays: going back would have to make it anew.
  const mayPrune = !isAtomic(pass);
  if (run.stage === "before") {
    const before = await runBefore(pass, run, plan);
    if ("applied" in before) return before;
    run = before;
  }
  if (run.stage === "objects" || run.stage === "again") {
    const isLast = run.stage === "again" || (plan.after.length === 0 && !waits);
    const next = isLast ? undefined : nextStage(deps.clock, run, "after");
    const faults = await applyDeployment(pass, { objects: pass.objects, run, next });
    if (faults.length > 0) return { applied: false, faults };
    // What is not wanted any more goes before the hooks after: the next look runs them.
    return next === undefined ? { applied: true } : { applied: mayPrune, afterMs: 0 };
  }
  const waitMs = await waitForObjects(pass, run, touched);
  if (waitMs !== undefined) return { applied: mayPrune, afterMs: waitMs };
  const finished = await runStage(pass, run, plan.after);
  if ("applied" in finished) return { ...finished, applied: mayPrune };
  const verified = isAtomic(pass) ? await keepVerified(pass) : undefined;
  await deps.onStep("inventory-finish", wanted.bundle);
  await deps.inventories.save(asWhole(pass, deps.inventories.get(wanted.bundle), verified));
  await deps.onStep("inventory-finished", wanted.bundle);
  if (verified !== undefined) await deps.verified.keepOnly(wanted.bundle, verified);
  record.appliedId = wanted.deploymentId;
  // What changed meanwhile was not compared.
  record.compared = false;
  return { applied: true, afterMs: 0 };
}

/** Makes durable what a later deployment goes back to. */
async function keepVerified({ deps, wanted, rendered }: Pass): Promise<VerifiedRef> {
  const { objects, hooks, options, digest: renderDigest } = rendered;
  const { deploymentId, commit } = wanted;
  await deps.onStep("verified-write", wanted.bundle);
  const kept = { deploymentId, renderDigest, commit, objects, hooks, options };
  const ref = await deps.verified.save(wanted.bundle, kept);
  await deps.onStep("verified-written", wanted.bundle);
  return ref;
}

function newRun(pass: Pass, inventory: Inventory): HookRun {
  const { wanted, rendered, deps } = pass;
  const occasion = inventory.release === undefined ? "install" : "upgrade";
  const { before } = planHooks(pass.hooks, occasion);
  return beginRun(deps.clock, {
    deploymentId: wanted.deploymentId,
    renderDigest: rendered.digest,
    occasion,
    stage: before.length === 0 ? "objects" : "before",
  });
}

async function runBefore(pass: Pass, run: HookRun, plan: HookPlan): Promise<Advance | HookRun> {
  const { deps, wanted } = pass;
  const definitions = pass.objects.filter(({ kind }) => kind === "CustomResourceDefinition");
  const inventory = deps.inventories.get(wanted.bundle);
  if (runOf(inventory, pass) === undefined) {
    // Also makes the namespace. Helm installs `crds/` before the hooks; they are not told from other definitions here.
    const objects = run.occasion === "install" ? definitions : [];
    const faults = await applyDeployment(pass, { objects, run, next: run });
    if (faults.length > 0) return { applied: false, faults };
  }
  const finished = await runStage(pass, run, plan.before);
  if ("applied" in finished) return finished;
  const next = nextStage(deps.clock, finished, "objects");
  await saveRun(pass, next);
  await deps.onStep("stage-finished", wanted.bundle);
  return next;
}

async function runStage(pass: Pass, run: HookRun, hooks: readonly Hook[]): Promise<Advance | HookRun> {
  const { deps, record, rendered, wanted } = pass;
  const kept = new Set(pass.objects.map(objectKey));
  record.hook = undefined;
  const progress = await runHooks({
    ...deps,
    client: pass.client,
    hooks,
    run,
    event: `${run.stage === "before" ? "pre" : "post"}-${run.occasion}`,
    timeoutMs: hookTimeoutMs(rendered.options),
    holder: (key) => deps.inventories.holders(key).find((bundle) => bundle !== wanted.bundle || kept.has(key)),
    isFormer: (key) => !kept.has(key) && deps.inventories.holders(key).includes(wanted.bundle),
    save: (changed) => saveRun(pass, changed),
  });
  record.error = undefined;
  if (progress.type === "waiting") record.hook = progress.for;
  return progress.type === "waiting" ? { applied: false, afterMs: progress.afterMs } : progress.run;
}

async function saveRun({ deps, wanted }: Pass, run: HookRun): Promise<void> {
  await deps.inventories.save({ ...deps.inventories.get(wanted.bundle), run });
}
