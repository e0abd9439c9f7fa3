import { backoffMs } from "../../shared/backoff.ts";
import { collapseDuplicates } from "../../shared/drift/collapse-duplicates.ts";
import { objectKey } from "../../shared/drift/inventory-entry.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import { type Advance, advanceDeployment, isAppliedWhole, runOf } from "./advance-deployment.ts";
import { isAtomic } from "./apply-deployment.ts";
import { checkDeployment, type Touched } from "./check-deployment.ts";
import { correctDrift } from "./correct-drift.ts";
import { deploymentClient, requireServiceAccount } from "./deployment-client.ts";
import { noteError, type DeploymentRecord } from "./deployment-record.ts";
import { explainProblems } from "./explain-problems.ts";
import {
  claimedKeys,
  failureOf,
  faultGoingBack,
  giveUp,
  keptGoingBack,
  noteTakenBack,
  type WayBack,
  wayBack,
  worstFault,
} from "./go-back.ts";
import { claimObjects } from "./hand-over.ts";
import type { FailedAttempt } from "./inventory.ts";
import { planRecheck } from "./recheck.ts";
import { planRetry } from "./plan-retry.ts";
import { applySetId } from "./marks.ts";
import type { Pass, PassDeps } from "./pass.ts";
import { prepareHooks, prepareObjects } from "./prepare-objects.ts";
import { deploymentNamespace } from "./ensure-namespace.ts";
import type { ScopeOf } from "../../shared/render/kind-scope.ts";
import { releaseFactsOf } from "../../shared/render/release-facts.ts";
import { pruneDeployment } from "./prune-deployment.ts";
import { removeDeployment } from "./remove-deployment.ts";

/** One look at one deployment. */
export interface Look {
  readonly record: DeploymentRecord;
  /** Which objects may have changed since the last look. */
  readonly touched: Touched;
  /** Returns the status of another deployment as reported last. */
  readonly statusOf: (bundle: string) => DeploymentStatus | undefined;
  readonly signal: AbortSignal;
}

/** What came of a look. */
export interface LookResult {
  /** When to look again without being told to. */
  readonly afterMs?: number | undefined;
  /** The deployment is gone: nothing is wanted and nothing is owned. */
  readonly gone?: boolean;
}

const retry = { baseMs: 500, maxMs: 120_000 };

/**
 * Brings one deployment from live to desired: whatever the document says of it now, from wherever it is. A new
 * deployment is rendered, applied and pruned; one that is applied is compared, and corrected when asked; one that the
 * hub said to remove is removed; one that the document merely leaves out is kept. Throws after noting the error.
 */
export async function reconcileDeployment(deps: PassDeps, look: Look): Promise<LookResult> {
  const { record } = look;
  const wanted = deps.desired.deployment(record.bundle);
  try {
    if (deps.inventories.isUnreadable(record.bundle)) await deps.inventories.refresh(record.bundle);
    if (wanted === undefined) return await leaveDeployment(deps, look);
    const afterMs = await bringDeployment(deps, look, wanted);
    return { afterMs };
  } catch (error) {
    const fault = toAppError(error);
    noteError(record, fault, deps.clock);
    // What cannot be rendered wants nothing new; what merely could not be fetched yet may.
    if (wanted !== undefined && !/^(?:HUB|KUBE|BLOB)_/u.test(fault.code))
      deps.claims.fail(record.bundle, wanted.deploymentId);
    throw fault;
  }
}

async function leaveDeployment(deps: PassDeps, { record }: Look): Promise<LookResult> {
  const { bundle } = record;
  const removal = deps.desired.removal(bundle);
  deps.claims.forget(bundle);
  if (!deps.inventories.has(bundle)) return { gone: true };
  const inventory = deps.inventories.get(bundle);
  record.objectCount = inventory.entries.length;
  record.appliedId = inventory.deploymentId;
  record.drift.clear();
  // Nothing is compared while it is left out: when it comes back, all is.
  record.compared = false;
  record.hook = undefined;
  // Removal is said, never inferred: what the document merely leaves out stays.
  if (removal === undefined) return {};
  const client = deploymentClient(deps, inventory.serviceAccount);
  const progress = await removeDeployment(deps, { bundle, record, client });
  if (progress.type === "left") return { afterMs: progress.afterMs };
  deps.log.info({ bundle, reason: removal.reason, because: removal.because }, "deployment removed");
  return { gone: true };
}

async function bringDeployment(deps: PassDeps, look: Look, wanted: DesiredDeployment): Promise<number | undefined> {
  const { record } = look;
  const { retry: again, ...kept } = deps.inventories.get(wanted.bundle);
  if (again === true) await deps.inventories.save({ ...kept, failed: undefined });
  const inventory = deps.inventories.get(wanted.bundle);
  record.appliedId = inventory.deploymentId;
  record.removing = false;
  const rendered = await deps.render(wanted, releaseFactsOf(inventory.release, wanted.deploymentId));
  await requireServiceAccount(deps, rendered.options.serviceAccount);
  const asked = passOf(deps, look, { wanted, rendered });
  await claimObjects(asked);
  const failed = failureOf(deps.inventories.get(wanted.bundle), asked);
  if (failed !== undefined) return bringBack(deps, look, { asked, failed });
  deps.claims.set(wanted.bundle, wanted.deploymentId, new Set(asked.objects.map(objectKey)));
  return bringPass(asked, look);
}

function passOf(deps: PassDeps, look: Look, what: Pick<Pass, "wanted" | "rendered" | "failed">): Pass {
  const { wanted, rendered } = what;
  const { serviceAccount } = rendered.options;
  const preparation = {
    partOf: applySetId(wanted.bundle, deps.namespace),
    namespace: deploymentNamespace(rendered.options),
    scopeOf: scopeFrom(deps),
  };
  const prepared = prepareObjects(rendered.objects, preparation).map(collapseDuplicates);
  look.record.warnings = [...rendered.warnings, ...prepared.flatMap(({ warnings }) => warnings)];
  return {
    ...what,
    deps,
    client: deploymentClient(deps, serviceAccount),
    record: look.record,
    objects: prepared.map(({ object }) => object),
    hooks: prepareHooks(rendered.hooks, preparation),
    log: deps.log.child({ bundle: wanted.bundle }),
    signal: look.signal,
  };
}

/** Brings a pass from live to desired, and removes what it does not have. Returns when to look again. */
async function bringPass(pass: Pass, look: Look): Promise<number | undefined> {
  const { deps, wanted, record, failed } = pass;
  const { bundle } = wanted;
  const keys = pass.objects.map(objectKey);
  const { afterMs, applied } = isAppliedWhole(deps.inventories.get(bundle), pass)
    ? { afterMs: await keepApplied(pass, look), applied: true }
    : await applyNew(pass, look);
  await watchKinds(pass, keys);
  if (wanted.paused === true) return afterMs;
  const pruneMs = await pruneDeployment(deps, {
    bundle,
    record,
    client: pass.client,
    desired: failed === undefined ? new Set(keys) : keptGoingBack(deps.inventories.get(bundle).entries, keys),
    said: false,
    goingBack: failed !== undefined,
    // Two bundles that swap objects wait for each other: neither is applied whole before the other has given up its own.
    releaseOnly: failed === undefined && (!applied || record.failed.size > 0),
  });
  return earliest(afterMs, pruneMs);
}

/** Keeps what a deployment that failed goes back to, and takes away what it made. The status says what failed and what runs. */
async function bringBack(
  deps: PassDeps,
  look: Look,
  { asked, failed }: { readonly asked: Pass; readonly failed: FailedAttempt },
): Promise<number | undefined> {
  const { wanted, record } = asked;
  const way = await wayBack(asked, failed);
  const nothing = { ...asked, objects: [], hooks: [], failed };
  const pass = way.type === "nothing" ? nothing : passOf(deps, look, { ...way, failed });
  deps.claims.set(wanted.bundle, wanted.deploymentId, claimedKeys(asked, pass));
  record.error = undefined;
  try {
    const afterMs = way.type === "nothing" ? await removeMade(pass) : await bringPass(pass, look);
    noteTakenBack(pass, failed, isBack(pass, way));
    return afterMs;
  } catch (error) {
    throw faultGoingBack(failed, error);
  }
}

function isBack(pass: Pass, way: WayBack): boolean {
  const inventory = pass.deps.inventories.get(pass.wanted.bundle);
  if (inventory.entries.some(({ fresh }) => fresh === "made")) return false;
  return way.type === "nothing" || isAppliedWhole(inventory, pass);
}

async function removeMade({ deps, record, wanted, client }: Pass): Promise<number | undefined> {
  const { bundle } = wanted;
  const { entries } = deps.inventories.get(bundle);
  for (const known of [record.failed, record.drift, record.notReady]) known.clear();
  record.hook = undefined;
  record.objectCount = entries.length;
  if (wanted.paused === true) return undefined;
  const desired = keptGoingBack(entries, []);
  return pruneDeployment(deps, { bundle, record, client, desired, said: false, goingBack: true });
}

function earliest(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return Math.min(first, second);
}

function scopeFrom({ discovery }: PassDeps): ScopeOf {
  return (apiVersion, kind) => {
    const resource = discovery.known(apiVersion, kind);
    if (resource === undefined) return undefined;
    return resource.namespaced ? "Namespaced" : "Cluster";
  };
}

/** Compares, and corrects when asked. */
async function keepApplied(pass: Pass, look: Look): Promise<number | undefined> {
  const { record, rendered, wanted } = pass;
  const changes = await checkDeployment(pass, record.compared ? look.touched : "all");
  record.failed.clear();
  record.hook = undefined;
  const correct = rendered.options.correctDrift?.enabled === true && wanted.paused !== true;
  if (!correct) record.corrections.clear();
  else if (changes.length > 0) await correctDrift(pass, changes);
  const recheckMs = planRecheck(record, pass.deps.clock.elapsed());
  if (record.failed.size === 0) record.error = undefined;
  const explainMs = await explainProblems(pass);
  return record.failed.size > 0 ? backoffMs(++record.retries, retry) : earliest(recheckMs, explainMs);
}

async function applyNew(pass: Pass, look: Look): Promise<Pick<Advance, "afterMs" | "applied">> {
  const { record, wanted, deps } = pass;
  if (wanted.paused === true) return { applied: false };
  if (runOf(deps.inventories.get(wanted.bundle), pass) === undefined) {
    if (pass.failed === undefined) requireDependencies(pass, look);
    for (const warning of record.warnings) pass.log.warn({ warning }, "bundle rendered with a warning");
  }
  const startMs = performance.now();
  const { faults = [], ...advance } = await advanceOrGiveUp(pass, look.touched);
  const [fault] = faults;
  const durationMs = Math.round(performance.now() - startMs);
  const done = { commit: wanted.commit, durationMs, objects: record.objectCount, failed: record.failed.size };
  if (advance.applied || fault !== undefined) pass.log.info(done, "deployment applied");
  if (fault === undefined) {
    record.error = undefined;
    record.retries = 0;
    return advance;
  }
  noteError(record, fault, deps.clock);
  return { applied: false, afterMs: planRetry(faults, ++record.retries) };
}

/** What has failed for good (`helm.atomic`) is gone back from at once. */
async function advanceOrGiveUp(pass: Pass, touched: Touched): Promise<Advance> {
  try {
    const advance = await advanceDeployment(pass, touched);
    const worst = worstFault(advance.faults ?? []);
    if (worst === undefined) return advance;
    const fault = await giveUp(pass, worst);
    if (fault === undefined) return { applied: false, afterMs: 0 };
    const others = (advance.faults ?? []).filter((one) => one !== worst);
    return { ...advance, faults: isAtomic(pass) ? [fault, ...others] : (advance.faults ?? []) };
  } catch (error) {
    const fault = await giveUp(pass, toAppError(error));
    if (fault !== undefined) throw fault;
    return { applied: false, afterMs: 0 };
  }
}

function requireDependencies({ wanted, deps }: Pass, { statusOf }: Look): void {
  const waitsFor = (wanted.dependsOn ?? []).filter(({ bundle, acceptedStates }) => {
    const status = statusOf(bundle);
    const current = deps.desired.deployment(bundle);
    // Its state counts only for what it should be now, not for what it was before.
    if (status === undefined || current === undefined || status.appliedDeploymentId !== current.deploymentId)
      return true;
    const accepted = acceptedStates.length === 0 ? ["Ready"] : acceptedStates;
    return !accepted.includes(status.state);
  });
  if (waitsFor.length === 0) return;
  const names = waitsFor
    .map(({ bundle }) => `${bundle} (${statusOf(bundle)?.state ?? "not on this cluster"})`)
    .join(", ");
  throw new AppError("DEPENDENCY_NOT_READY", `waits for ${names}`, { verdict: "waiting", afterMs: 15_000 });
}

async function watchKinds({ deps }: Pass, keys: readonly string[]): Promise<void> {
  const kinds = new Set(keys.map((key) => key.split("/").slice(0, 2).join("/")));
  for (const id of kinds) {
    const [group = "", kind = ""] = id.split("/");
    const resource = await deps.discovery.resolveKind(group, kind);
    if (resource !== undefined) deps.watches.use(resource);
  }
}
