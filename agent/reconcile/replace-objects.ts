import { setTimeout as delay } from "node:timers/promises";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryKey, entryOf, objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { limitsFor } from "../../shared/drift/plan-removals.ts";
import { beyondReplacementLimits, planReplacement } from "../../shared/drift/plan-replacements.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { targetOf } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { Outcome } from "./apply-changes.ts";
import { applySetId, replaceAnnotation } from "./marks.ts";
import type { Pass } from "./pass.ts";
import { isImmutableFault, type TargetedObject } from "./read-live.ts";
import { whyNotOurs } from "./remove-objects.ts";

/** How long an object may take to be gone before the deployment goes on without it. */
const maxWaitMs = 10_000;

interface Candidate extends TargetedObject {
  readonly live: KubeObject;
  readonly propagation: "Background" | "Orphan";
}

/**
 * Returns outcomes of applies as they are after objects with fields that cannot be changed were replaced, where that was asked
 * for (an option of `forcedBy`, or the annotation on the object), loses nothing, and a create would be admitted. Where not, the
 * outcome says what to do instead. Uids are forgotten in the inventory before the first deletion: a crash in between leaves an
 * object that is still owned.
 */
export async function replaceImmutable(
  pass: Pass,
  outcomes: readonly Outcome[],
  forcedBy: readonly ForceOption[],
): Promise<Outcome[]> {
  const stuck = outcomes.filter(isImmutable);
  if (stuck.length === 0) return [...outcomes];
  const changed = new Map<ObjectKey, Outcome>();
  const candidates: Candidate[] = [];
  for (const one of stuck) {
    const { object } = one;
    const found = await orFailed(object, () => candidateFor(pass, one, forcedBy));
    if ("type" in found) changed.set(objectKey(object), found);
    else candidates.push(found);
  }
  const { entries } = pass.deps.inventories.get(pass.wanted.bundle);
  const limits = limitsFor(pass.deps.limits, pass.wanted);
  const beyond = beyondReplacementLimits(candidates.length, { total: entries.length, limits });
  if (beyond === undefined) await forgetUids(pass, candidates);
  for (const candidate of candidates) {
    const { object } = candidate;
    const outcome =
      beyond === undefined
        ? await orFailed(object, () => replaceOne(pass, candidate))
        : failed(object, immutableError(object, beyond));
    changed.set(objectKey(object), outcome);
  }
  return outcomes.map((outcome) => changed.get(objectKey(outcome.object)) ?? outcome);
}

/** An option that asks for all objects of a bundle to be replaced where a field cannot be changed. */
export type ForceOption = "correctDrift.force" | "helm.force";

function isSet(option: ForceOption, { helm, correctDrift }: DeploymentOptions): boolean {
  return option === "helm.force" ? helm?.force === true : correctDrift?.force === true;
}

type Failed = Extract<Outcome, { readonly type: "failed" }>;

function isImmutable(outcome: Outcome): outcome is Failed {
  return outcome.type === "failed" && isImmutableFault(outcome.error);
}

/** Returns the object with what is needed to replace it. Throws `OBJECT_IMMUTABLE` where it is not to be replaced. */
async function candidateFor(
  pass: Pass,
  { object, error: fault }: Failed,
  forcedBy: readonly ForceOption[],
): Promise<Candidate> {
  const { deps, client, rendered } = pass;
  const resource = await deps.discovery.resolve(object.apiVersion, object.kind);
  const target = resource === undefined ? undefined : targetOf(resource, object);
  const live = target === undefined ? undefined : await client.get(target);
  // Not there (any more): what the server said is about the object itself.
  if (target === undefined || live === undefined) throw fault;
  const plan = planReplacement(live, object);
  const said = fault.message.replace(/^[A-Z]+ \/\S+: /u, "");
  if (plan.type === "refuse") {
    throw immutableError(object, `${said}; ${plan.reason}: put the field back, or make another object and move to it`);
  }
  const foreign = whyForeign(pass, live);
  if (foreign !== undefined) {
    throw immutableError(object, `${said}; it is never replaced, since ${foreign}: put the field back, or delete it`);
  }
  const isForced = forcedBy.some((option) => isSet(option, rendered.options));
  if (!isForced && object.metadata.annotations?.[replaceAnnotation] !== "true") {
    const set = `set ${forcedBy.join(" or ")}`;
    const how = `annotate it with ${replaceAnnotation}: "true" in Git, or ${set}, to have it deleted and made again`;
    throw immutableError(object, `${said}; put the field back, or ${how}`);
  }
  await requireCreatable(pass, { target, object }, said);
  return { target, object, live, propagation: plan.propagation };
}

function whyForeign({ deps, wanted }: Pass, live: KubeObject): string | undefined {
  const entry = deps.inventories.get(wanted.bundle).entries.find((one) => entryKey(one) === objectKey(live));
  if (entry === undefined) return "this bundle does not own it";
  return whyNotOurs(live, entry, applySetId(wanted.bundle, deps.namespace));
}

/** What could not be made again must not be deleted: asked for a dry run, the server finds nothing wrong but that it is there. */
async function requireCreatable({ client }: Pass, { target, object }: TargetedObject, said: string): Promise<void> {
  try {
    await client.create(target, object, { dryRun: true });
  } catch (error) {
    if (hasCode(error, "KUBE_ALREADY_EXISTS")) return;
    throw immutableError(
      object,
      `${said}; it is not replaced, since it could not be made: ${toAppError(error).message}`,
    );
  }
}

async function forgetUids({ deps, wanted }: Pass, candidates: readonly Candidate[]): Promise<void> {
  if (candidates.length === 0) return;
  const inventory = deps.inventories.get(wanted.bundle);
  const keys = new Set(candidates.map(({ object }) => objectKey(object)));
  const entries = inventory.entries.map((entry) => {
    if (!keys.has(entryKey(entry))) return entry;
    const { uid: _former, ...named } = entry;
    return named;
  });
  await deps.inventories.save({ ...inventory, entries });
}

async function replaceOne(pass: Pass, { target, object, live, propagation }: Candidate): Promise<Outcome> {
  const { client, deps, log } = pass;
  const key = objectKey(object);
  const { uid = "", resourceVersion = "" } = live.metadata;
  await deps.onStep("replace-delete", key);
  await client.remove(target, { uid, resourceVersion, propagation });
  await deps.onStep("replace-deleted", key);
  await untilGone(pass, { target, object }, uid);
  const applied = await client.apply(target, object, { force: false });
  await deps.onStep("replace-created", key);
  log.info({ object: key, uid, by: applied.metadata.uid }, "object replaced");
  return { type: "applied", object, applied };
}

async function untilGone({ client, signal }: Pass, { target, object }: TargetedObject, uid: string): Promise<void> {
  const deadlineMs = performance.now() + maxWaitMs;
  const name = describeEntry(entryOf(object));
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const live = await client.get(target);
    if (live?.metadata.uid !== uid) return;
    const { deletionTimestamp, finalizers = [] } = live.metadata;
    if (deletionTimestamp === undefined) {
      throw new AppError("KUBE_CONFLICT", `${name} was changed while it was to be replaced; it is tried again`);
    }
    if (performance.now() > deadlineMs || signal.aborted) {
      const message = `${name} is to be replaced and not gone yet: it waits for finalizers: ${finalizers.join(", ")}`;
      throw new AppError("WAIT_TIMEOUT", message);
    }
    await delay(pauseMs);
  }
}

async function orFailed<Result>(object: KubeObject, work: () => Promise<Result>): Promise<Result | Failed> {
  try {
    return await work();
  } catch (error) {
    const fault = toAppError(error);
    if (fault.code === "KUBE_UNREACHABLE" || fault.code === "INTERNAL") throw fault;
    return failed(object, fault);
  }
}

function failed(object: KubeObject, error: AppError): Failed {
  return { type: "failed", object, error };
}

function immutableError(object: KubeObject, why: string): AppError {
  const message = `${describeEntry(entryOf(object))} cannot be changed in place: ${why}`;
  return new AppError("OBJECT_IMMUTABLE", message, { verdict: "waiting", afterMs: 60_000 });
}
