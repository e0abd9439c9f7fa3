import { isoTime } from "../../shared/clock.ts";
import { entryKey, type InventoryEntry, objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { AppError, toAppError, type ErrorCode } from "../../shared/errors.ts";
import { planHooks } from "../../shared/render/hooks/plan-hooks.ts";
import { runOf } from "./advance-deployment.ts";
import { beginRun } from "./hook-run.ts";
import { hookTimeoutMs } from "./hook-timeout.ts";
import type { FailedAttempt, StoredInventory } from "./inventory.ts";
import { inventoryName, retryAnnotation } from "./marks.ts";
import type { Pass } from "./pass.ts";

/** What another try of the same deployment would not change. Everything else counts once the time is over. */
const final: ReadonlySet<ErrorCode> = new Set([
  "FIELD_CONFLICT",
  "HOOK_FAILED",
  "KUBE_FORBIDDEN",
  "KUBE_INVALID",
  "OBJECT_IMMUTABLE",
]);

/** What says nothing about the deployment itself. */
const passing = /^(?:HUB_|BLOB_|INTERNAL|KUBE_(?:UNREACHABLE|UNAUTHORIZED)|DEPENDENCY_)/u;

/** Returns the note of this very deployment's failure, undefined when it did not fail or is to be tried once more. */
export function failureOf({ failed, retry }: StoredInventory, asked: Pass): FailedAttempt | undefined {
  if (failed === undefined || retry === true) return undefined;
  const same = failed.deploymentId === asked.wanted.deploymentId && failed.renderDigest === asked.rendered.digest;
  return same ? failed : undefined;
}

/**
 * With `helm.atomic`: notes that a deployment has failed, if it has, with what runs instead, in one durable writing; the next
 * looks go back. Returns the fault, with what keeps it from going back where something does; undefined once it is noted.
 */
export async function giveUp(pass: Pass, fault: AppError): Promise<AppError | undefined> {
  const { deps, wanted, rendered } = pass;
  const { inventories, verified: store } = deps;
  const inventory = inventories.get(wanted.bundle);
  if (pass.failed !== undefined || !hasFailed(pass, inventory, fault)) return fault;
  const { verified: ref, release } = inventory;
  const back = ref === undefined ? undefined : await store.read(wanted.bundle, ref);
  if (back === undefined && release !== undefined) {
    const why = "nothing to go back to is kept: the deployment before was not verified with helm.atomic";
    return rewritten(fault, `${fault.message} (${why})`);
  }
  const failed: FailedAttempt = {
    deploymentId: wanted.deploymentId,
    renderDigest: rendered.digest,
    commit: wanted.commit,
    code: fault.code,
    message: fault.message,
    at: isoTime(deps.clock),
    ...(ref === undefined || back === undefined ? {} : { back: { ref, commit: back.commit } }),
  };
  const begun = runOf(inventory, pass);
  // Nothing was changed where a hook before the objects failed.
  const isTouched = begun !== undefined && begun.stage !== "before";
  const rollback =
    back === undefined || !isTouched
      ? undefined
      : beginRun(deps.clock, {
          deploymentId: back.deploymentId,
          renderDigest: back.renderDigest,
          occasion: "rollback",
          stage: planHooks(back.hooks, "rollback").before.length === 0 ? "objects" : "before",
        });
  await deps.onStep("give-up", wanted.bundle);
  const entries = inventory.entries.filter(({ fresh }) => fresh !== "found");
  await inventories.save({ ...inventory, entries, failed, run: rollback });
  await deps.onStep("given-up", wanted.bundle);
  pass.log.warn({ err: fault, backTo: back?.deploymentId }, "deployment failed and is taken back");
  return undefined;
}

function hasFailed(pass: Pass, inventory: StoredInventory, { code }: AppError): boolean {
  if (pass.rendered.options.helm?.atomic !== true || passing.test(code)) return false;
  const begun = runOf(inventory, pass);
  if (final.has(code) || (code === "WAIT_TIMEOUT" && begun?.stage === "after")) return true;
  return begun !== undefined && pass.deps.clock.ageMs(begun.since) > hookTimeoutMs(pass.rendered.options);
}

/** Returns of several faults the one that says most of the deployment: another try would not change it. */
export function worstFault(faults: readonly AppError[]): AppError | undefined {
  return faults.find(({ code }) => final.has(code)) ?? faults[0];
}

/** What a deployment that was taken back is brought to. */
export type WayBack =
  /** The verified one, as it was rendered. */
  | { readonly type: "verified"; readonly rendered: Pass["rendered"]; readonly wanted: Pass["wanted"] }
  /** Nothing: there was none before. */
  | { readonly type: "nothing" };

/** Returns where a failed deployment goes back to. Throws `INVENTORY_UNREADABLE` where what was kept is lost meanwhile. */
export async function wayBack({ deps, wanted }: Pass, { back }: FailedAttempt): Promise<WayBack> {
  if (back === undefined) return { type: "nothing" };
  const verified = await deps.verified.read(wanted.bundle, back.ref);
  if (verified === undefined) {
    const message = `bundle ${wanted.bundle}: the Secrets with the deployment to go back to are lost; mend the deployment in Git`;
    throw new AppError("INVENTORY_UNREADABLE", message, { verdict: "waiting", afterMs: 60_000 });
  }
  const { objects, hooks, options, deploymentId, renderDigest: digest, commit } = verified;
  const { paused } = wanted;
  return {
    type: "verified",
    rendered: { objects, hooks, options, digest, warnings: [] },
    wanted: {
      bundle: wanted.bundle,
      deploymentId,
      content: wanted.content,
      options: wanted.options,
      ...(commit === undefined ? {} : { commit }),
      ...(paused === undefined ? {} : { paused }),
    },
  };
}

/** Returns what stays in the cluster when a deployment is taken back: all but what it made itself, and what is gone back to. */
export function keptGoingBack(entries: readonly InventoryEntry[], back: readonly ObjectKey[]): ReadonlySet<ObjectKey> {
  return new Set([...entries.filter(({ fresh }) => fresh !== "made").map(entryKey), ...back]);
}

/** Puts into the record that a deployment failed, why, what runs instead, and how to try it anew. */
export function noteTakenBack({ record, deps }: Pass, failed: FailedAttempt, isDone: boolean): void {
  const { code, message, at: time, back, commit } = failed;
  const what = `deployment ${failed.deploymentId}${ofCommit(commit)} failed`;
  const former = back === undefined ? undefined : `deployment ${back.ref.deploymentId}${ofCommit(back.commit)}`;
  const how = `kubectl annotate secret --namespace ${deps.namespace} ${inventoryName(record.bundle)} ${retryAnnotation}=true`;
  const done = former === undefined ? "nothing was there before" : `${former} runs`;
  const doing = former === undefined ? "what it made is being removed" : `going back to ${former}`;
  const now = isDone ? `and was taken back: ${done}` : `and is taken back: ${doing}`;
  const trouble = isDone || record.error === undefined ? "" : ` Going back: ${record.error.message}.`;
  record.error = {
    code: "DEPLOYMENT_TAKEN_BACK",
    message: `${what} ${now}. ${code}: ${message}.${trouble} Any change tries anew, and so does: ${how}`,
    firstSeen: time,
    lastSeen: time,
    count: 1,
  };
}

function ofCommit(commit: string | undefined): string {
  return commit === undefined || commit === "" ? "" : ` of commit ${commit}`;
}

/** Returns a fault on the way back, with what began it. */
export function faultGoingBack({ code, message }: FailedAttempt, error: unknown): AppError {
  const fault = toAppError(error);
  return rewritten(fault, `going back, since the deployment failed (${code}: ${message}): ${fault.message}`);
}

function rewritten({ code, verdict, afterMs, cause }: AppError, message: string): AppError {
  return new AppError(code, message, { verdict, ...(afterMs === undefined ? {} : { afterMs }), cause });
}

/** Returns the keys of what a deployment wants, whichever of its states is kept. */
export function claimedKeys(asked: Pass, kept: Pass): ReadonlySet<ObjectKey> {
  return new Set([...asked.objects, ...kept.objects].map(objectKey));
}
