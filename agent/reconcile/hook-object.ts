import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryOf, objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import { hookAnnotation } from "../../helm/chart/hook-annotations.ts";
import type { Hook, HookDeletePolicy } from "../../shared/render/hooks/hook.ts";
import { runsToEnd } from "../../shared/status/health/assess-hook.ts";
import type { ObjectTarget } from "../kube/api-resource.ts";
import type { Discovery } from "../kube/discovery.ts";
import { targetOf, type KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { MadeHook } from "./hook-run.ts";
import { hookRunLabel } from "./marks.ts";
import type { StepObserver } from "./step-observer.ts";

/** What making and deleting hooks' objects needs. */
export interface HookObjectDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  /** Returns the bundle that wants to keep an object: no hook may delete or change it then. */
  readonly holder: (key: ObjectKey) => string | undefined;
  /** Returns whether an object belongs to this deployment and is to be a hook from now on. */
  readonly isFormer: (key: ObjectKey) => boolean;
  readonly onStep: StepObserver;
}

/** `leaving`: the one of an earlier run has to go first, which takes a while. */
export type Making = { readonly type: "made"; readonly live: KubeObject } | { readonly type: "leaving" };

/** Never deleted to make room for a new one: all that is in them would go. */
const precious: ReadonlySet<string> = new Set(["CustomResourceDefinition", "Namespace", "PersistentVolumeClaim"]);

/**
 * Makes a hook's object, or returns it where this try (`mark`) has made it already. One that an earlier run left is deleted
 * first where the policy says so; other kinds than Jobs and Pods are changed in place where it does not. Throws `HOOK_FAILED`
 * for an object that is no hook's or must not be replaced, and what the API server says.
 */
export async function makeHook(deps: HookObjectDeps, hook: Hook, mark: string): Promise<Making> {
  const { client, onStep } = deps;
  const object = lasting(marked(hook.object, mark));
  const target = await targetFor(deps, object);
  if ((object.metadata.name ?? "") === "")
    return { type: "made", live: await makeNamed(deps, { target, object, mark }) };
  const live = await client.get(target);
  const key = objectKey(object);
  if (live !== undefined) {
    if (live.metadata.labels?.[hookRunLabel] === mark) return { type: "made", live };
    refuseForeign(deps, live);
    if (hook.deletePolicies.includes("before-hook-creation") && !precious.has(object.kind)) {
      if (live.metadata.deletionTimestamp !== undefined) return { type: "leaving" };
      await onStep("hook-delete", key);
      const result = await client.remove(target, { uid: live.metadata.uid ?? "" });
      await onStep("hook-deleted", key);
      if (result === "lingering" && (await client.get(target)) !== undefined) return { type: "leaving" };
    } else if (runsToEnd(object)) {
      const advice = "delete it, or add before-hook-creation to its delete policy";
      throw new AppError("HOOK_FAILED", `it exists already and its delete policy keeps it: ${advice}`);
    }
  }
  await onStep("hook-create", key);
  const made = await client.apply(target, object, { force: live !== undefined });
  await onStep("hook-created", key);
  return { type: "made", live: made };
}

/** Names that the server makes up cannot be looked for: the mark can. */
async function makeNamed(
  { client, onStep }: HookObjectDeps,
  { target, object, mark }: { readonly target: ObjectTarget; readonly object: KubeObject; readonly mark: string },
): Promise<KubeObject> {
  const selection = { namespace: target.namespace, labelSelector: `${hookRunLabel}=${mark}` };
  for await (const live of client.list(target.resource, selection)) return live;
  await onStep("hook-create", objectKey(object));
  const made = await client.create(target, object);
  await onStep("hook-created", objectKey(made));
  return made;
}

function refuseForeign({ holder, isFormer }: HookObjectDeps, live: KubeObject): void {
  const key = objectKey(live);
  const owner = holder(key);
  const isHook = live.metadata.annotations?.[hookAnnotation] !== undefined;
  if (owner === undefined && (isHook || isFormer(key))) return;
  const problem = owner === undefined ? "it exists and is no hook" : `bundle ${owner} owns an object of that name`;
  throw new AppError("HOOK_FAILED", `${problem}; rename one of the two, or delete it`);
}

/** Returns the live object of a hook that was made, undefined when it is gone or another one has its name. */
export async function readHook(deps: HookObjectDeps, hook: Hook, made: MadeHook): Promise<KubeObject | undefined> {
  const live = await deps.client.get(await targetFor(deps, named(hook.object, made)));
  return live?.metadata.uid === made.uid ? live : undefined;
}

/**
 * Ends what a hook's run needs of its object: deletes it where the policy says so (never a definition), else gives it back
 * the time to live that was withheld until its end was seen.
 */
export async function closeHook(
  deps: HookObjectDeps,
  { hook, made }: { readonly hook: Hook; readonly made: MadeHook },
  policy: HookDeletePolicy,
): Promise<void> {
  const live = await readHook(deps, hook, made);
  if (live === undefined) return;
  const target = await targetFor(deps, live);
  if (hook.deletePolicies.includes(policy) && live.kind !== "CustomResourceDefinition") {
    await deps.onStep("hook-delete", objectKey(live));
    await deps.client.remove(target, { uid: made.uid });
    await deps.onStep("hook-deleted", objectKey(live));
    return;
  }
  const seconds = timeToLive(hook.object);
  if (seconds === undefined || timeToLive(live) !== undefined || !isJsonObject(live["spec"])) return;
  const spec = { ...live["spec"], ttlSecondsAfterFinished: seconds };
  await deps.client.replace(target, { ...live, spec }).catch((error: unknown) => {
    // Changed or gone since: it is only tidying up.
    if (!hasCode(error, "KUBE_CONFLICT") && !hasCode(error, "KUBE_NOT_FOUND")) throw error;
  });
}

async function targetFor({ discovery }: HookObjectDeps, object: KubeObject): Promise<ObjectTarget> {
  const resource = await discovery.resolve(object.apiVersion, object.kind);
  if (resource !== undefined) return targetOf(resource, object);
  const problem = `the cluster does not serve ${object.apiVersion} ${object.kind}`;
  throw new AppError("HOOK_FAILED", `${describeEntry(entryOf(object))}: ${problem}`);
}

function marked(object: KubeObject, mark: string): KubeObject {
  const labels = { ...object.metadata.labels, [hookRunLabel]: mark };
  return { ...object, metadata: { ...object.metadata, labels } };
}

function named(object: KubeObject, { name }: MadeHook): KubeObject {
  return { ...object, metadata: { ...object.metadata, name } };
}

/** A Job that deletes itself when it has ended could be gone before its end is seen: it gets its time to live afterwards. */
function lasting(object: KubeObject): KubeObject {
  if (timeToLive(object) === undefined || !isJsonObject(object["spec"])) return object;
  const { ttlSecondsAfterFinished: _withheld, ...spec } = object["spec"];
  return { ...object, spec };
}

function timeToLive(object: KubeObject): unknown {
  if (object.kind !== "Job" || !isJsonObject(object["spec"])) return undefined;
  return object["spec"]["ttlSecondsAfterFinished"];
}
