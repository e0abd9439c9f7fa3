import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { ControllerMetrics } from "../../shared/runtime/metrics.ts";
import { createWorkQueue, type WorkQueue } from "../../shared/runtime/work-queue.ts";
import { toAppError } from "../../shared/errors.ts";
import type { OpenLook } from "../judge-looks.ts";
import type { Touched } from "./check-deployment.ts";
import { newRecord, statusOfRecord, type DeploymentRecord } from "./deployment-record.ts";
import type { Touch } from "./live-index.ts";
import type { PassDeps } from "./pass.ts";
import { reconcileDeployment } from "./reconcile-deployment.ts";

/** Keeps every deployment as the document says, one look at a time each. */
export interface Reconciler extends AsyncDisposable {
  /** Looks at deployments now: the document says something new of them. */
  look(bundles: Iterable<string>): void;
  /** An object changed: looks at the deployments that own it, a moment later, with all that changes until then. */
  touch(key: ObjectKey, touch: Touch): void;
  /** Compares everything anew. */
  resync(): void;
  /** Resolves when every deployment known at the start was looked at once. */
  readonly firstRound: () => Promise<void>;
  /** Returns the look that has been under way for longest. */
  longestLook(): OpenLook | undefined;
}

/** What the reconciler needs besides what each pass does. */
export interface ReconcilerDeps {
  readonly pass: Omit<PassDeps, "wake">;
  /** Deployments looked at side by side. */
  readonly concurrency: number;
  /** How long changes of objects are gathered. */
  readonly coalesceMs: number;
  readonly metrics: ControllerMetrics;
  readonly onStatus: (status: DeploymentStatus) => void;
  readonly onGone: (bundle: string) => void;
}

/** Returns a reconciler; nothing happens before it is told to look. */
export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { inventories, desired, log } = deps.pass;
  const records = new Map<string, DeploymentRecord>();
  const statuses = new Map<string, DeploymentStatus>();
  const touched = new Map<string, Map<ObjectKey, Touch> | "all">();
  const firstLooks = new Set<string>();
  /** Looks under way, by when they began: the first is the oldest. */
  const open = new Map<string, number>();
  let firstRoundDone: (() => void) | undefined;
  const pass: PassDeps = { ...deps.pass, wake: (bundle) => queue.add(bundle) };

  const queue: WorkQueue = createWorkQueue({
    name: "deployment",
    concurrency: deps.concurrency,
    backoff: { baseMs: 500, maxMs: 120_000 },
    log,
    metrics: deps.metrics,
    run: lookAt,
  });

  async function lookAt(bundle: string, signal: AbortSignal): Promise<{ afterMs: number } | void> {
    const record = records.get(bundle) ?? newRecord(bundle);
    records.set(bundle, record);
    const due = takeDue(bundle);
    let gone = false;
    open.set(bundle, deps.pass.clock.elapsed());
    try {
      const result = await reconcileDeployment(pass, {
        record,
        touched: due,
        statusOf: (name) => statuses.get(name),
        signal,
      });
      gone = result.gone === true;
      return result.afterMs === undefined ? undefined : { afterMs: result.afterMs };
    } catch (error) {
      putBack(bundle, due);
      throw toAppError(error);
    } finally {
      open.delete(bundle);
      publish(record, gone);
      if (firstLooks.delete(bundle) && firstLooks.size === 0) firstRoundDone?.();
    }
  }

  /** Returns what was touched, without what was read or applied meanwhile. */
  function takeDue(bundle: string): Touched {
    const all = touched.get(bundle) ?? new Map<ObjectKey, Touch>();
    touched.delete(bundle);
    return all === "all" ? all : new Map([...all].filter(([key]) => deps.pass.index.isDue(key)));
  }

  function publish(record: DeploymentRecord, gone: boolean): void {
    const { bundle } = record;
    if (gone) {
      records.delete(bundle);
      if (statuses.delete(bundle) || desired.removal(bundle) !== undefined) deps.onGone(bundle);
      return;
    }
    const status = statusOfRecord(record, desired.deployment(bundle));
    const before = statuses.get(bundle);
    statuses.set(bundle, status);
    deps.onStatus(status);
    if (before?.state !== status.state || before.appliedDeploymentId !== status.appliedDeploymentId)
      wakeDependents(bundle);
  }

  function wakeDependents(bundle: string): void {
    for (const deployment of desired.document()?.deployments ?? []) {
      if (deployment.dependsOn?.some((dependency) => dependency.bundle === bundle) === true)
        queue.add(deployment.bundle);
    }
  }

  function putBack(bundle: string, due: Touched): void {
    const newer = touched.get(bundle);
    if (due === "all" || newer === "all") touched.set(bundle, "all");
    else touched.set(bundle, new Map([...due, ...(newer ?? [])]));
  }

  function touch(key: ObjectKey, kind: Touch): void {
    for (const bundle of inventories.holders(key)) {
      const due = touched.get(bundle) ?? new Map<ObjectKey, Touch>();
      touched.set(bundle, due);
      if (due !== "all" && due.get(key) !== "fields") due.set(key, kind);
      queue.add(bundle, deps.coalesceMs);
    }
  }

  function look(bundles: Iterable<string>): void {
    for (const bundle of bundles) queue.add(bundle);
  }

  return {
    look,
    touch,
    resync: () => {
      for (const bundle of allBundles()) {
        touched.set(bundle, "all");
        queue.add(bundle);
      }
    },
    firstRound: async () => {
      const bundles = allBundles();
      if (bundles.length === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      firstRoundDone = resolve;
      for (const bundle of bundles) firstLooks.add(bundle);
      look(bundles);
      await promise;
    },
    longestLook: () => {
      const [oldest] = open;
      return oldest === undefined ? undefined : { bundle: oldest[0], ageMs: deps.pass.clock.elapsed() - oldest[1] };
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };

  function allBundles(): string[] {
    const wanted = desired.document()?.deployments.map(({ bundle }) => bundle) ?? [];
    return [...new Set([...wanted, ...inventories.bundles()])];
  }
}
