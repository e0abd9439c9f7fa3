import { stableHash } from "../../codec/stable-hash.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { ignoreRules } from "../../shared/drift/ignore-rules.ts";
import { nameExpressions } from "../../shared/drift/name-expressions.ts";
import { objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { planChanges, type Change, type LiveState } from "../../shared/drift/plan-changes.ts";
import { hasHealth } from "../../shared/status/assess-health.ts";
import { fieldManager, targetOf } from "../kube/kube-client.ts";
import { runAll } from "../run-all.ts";
import { withoutAutoscaledReplicas } from "./autoscaled-replicas.ts";
import type { Touch } from "./live-index.ts";
import { otherOwner } from "./hand-over.ts";
import { noteHealth } from "./note-health.ts";
import type { Pass } from "./pass.ts";
import { readLive } from "./read-live.ts";
import { isDueAgain } from "./recheck.ts";
import { explainAbsence, withoutKind } from "./why-absent.ts";

/** Which objects of a deployment are looked at. */
export type Touched = ReadonlyMap<ObjectKey, Touch> | "all";

/** Dry runs of one deployment that are under way at the same time. */
const parallelChecks = 8;

/**
 * Compares the touched objects of an applied deployment with the cluster and notes drift and health in the record.
 * Returns what would have to be applied to correct the drift.
 */
export async function checkDeployment(pass: Pass, touched: Touched): Promise<Change[]> {
  const { deps, record, wanted, rendered } = pass;
  record.objectCount = pass.objects.length;
  const nowMs = deps.clock.elapsed();
  const again = new Set(
    [...record.drift.keys(), ...record.failed.keys()].filter((key) => isDueAgain(record, key, nowMs)),
  );
  const due = pass.objects.filter((object) => {
    const key = objectKey(object);
    return touched === "all" || touched.has(key) || again.has(key);
  });
  const statusOnly = due.filter((object) => {
    const key = objectKey(object);
    return touched !== "all" && touched.get(key) === "status" && !again.has(key);
  });
  const compared = await withoutAutoscaledReplicas(
    { client: pass.client, discovery: deps.discovery },
    due.filter((object) => !statusOnly.includes(object)),
  );
  await runAll(statusOnly, parallelChecks, (object) => checkHealth(pass, object));
  const states = new Map<ObjectKey, LiveState>(
    await runAll(
      compared,
      parallelChecks,
      async (object) => [objectKey(object), await readState(pass, object, touched === "all")] as const,
    ),
  );
  await explainAbsence(pass.client, compared, states);
  const patches = rendered.options.diff?.comparePatches;
  const { changes } = planChanges({
    desired: compared,
    live: (key) => states.get(key) ?? { type: "unread" },
    heldBy: (key) => otherOwner(deps, wanted.bundle, key),
    rules: ignoreRules(patches, await nameExpressions(patches)),
    manager: fieldManager,
  });
  for (const change of changes) await noteChange(pass, change, states.get(objectKey(change.object)));
  if (touched === "all") {
    record.compared = true;
    const keys = new Set(pass.objects.map(objectKey));
    for (const key of record.settled.keys()) if (!keys.has(key)) record.settled.delete(key);
  }
  return changes.filter(({ action }) => action === "create" || action === "configure");
}

async function readState(pass: Pass, object: KubeObject, isResync: boolean): Promise<LiveState> {
  const resource = await pass.deps.discovery.resolve(object.apiVersion, object.kind);
  // A kind that is not served (any more) has no objects.
  if (resource === undefined) return { type: "absent", reason: withoutKind(object) };
  const settled = isResync ? pass.record.settled.get(objectKey(object)) : undefined;
  const isSettled = (live: KubeObject): boolean => settled !== undefined && settled === stampOf(pass, object, live);
  return readLive(pass.client, { target: targetOf(resource, object), object }, isSettled);
}

/** Returns what a comparison depends on, as far as it can be seen without a dry run. */
function stampOf({ wanted }: Pass, object: KubeObject, { metadata }: KubeObject): string {
  return stableHash([wanted.deploymentId, metadata.uid, metadata.resourceVersion, object]).slice(0, 24);
}

async function noteChange(pass: Pass, change: Change, state: LiveState | undefined): Promise<void> {
  const { record, deps } = pass;
  const key = objectKey(change.object);
  if ("drift" in change && change.drift !== undefined) record.drift.set(key, change.drift);
  else record.drift.delete(key);
  if (change.action === "unchanged" && state?.type === "present")
    record.settled.set(key, stampOf(pass, change.object, state.live));
  else record.settled.delete(key);
  if (state?.type === "present" || state?.type === "immutable") {
    deps.index.note(key, state.live.metadata);
    await noteHealth(pass, key, state.live);
  }
  if (state?.type === "absent") {
    deps.index.forget(key);
    record.notReady.delete(key);
  }
}

async function checkHealth(pass: Pass, object: KubeObject): Promise<void> {
  const rules = await pass.deps.healthRules.rulesFor(pass.rendered.options);
  if (rules.ruleOf(object) === undefined && !hasHealth(object.apiVersion, object.kind)) return;
  const resource = await pass.deps.discovery.resolve(object.apiVersion, object.kind);
  const live = resource === undefined ? undefined : await pass.client.get(targetOf(resource, object));
  if (live !== undefined) await noteHealth(pass, objectKey(object), live);
}
