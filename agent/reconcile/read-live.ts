import type { KubeObject } from "../../shared/api/meta.ts";
import type { LiveState } from "../../shared/drift/plan-changes.ts";
import { saysImmutable } from "../../shared/drift/plan-replacements.ts";
import { AppError } from "../../shared/errors.ts";
import type { ObjectTarget } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { statusOf } from "../kube/kube-status.ts";

/** An object that is desired, and where it is. */
export interface TargetedObject {
  readonly target: ObjectTarget;
  readonly object: KubeObject;
}

/**
 * Returns an object's live state and what a forced dry run of ours would make of it: what the server would keep is not
 * drift. A dry run that is refused (a webhook is away, a quota) makes it unknown, unless a field cannot be changed: then
 * it differs in that. An API server that cannot be reached throws. What `isSettled` is known to be as the server would keep it, and needs no dry run.
 */
export async function readLive(
  client: KubeClient,
  { target, object }: TargetedObject,
  isSettled: (live: KubeObject) => boolean = () => false,
): Promise<LiveState> {
  const live = await client.get(target);
  if (live === undefined) return { type: "absent" };
  if (isSettled(live)) return { type: "present", live, merged: live };
  try {
    const merged = await client.apply(target, object, { force: true, dryRun: true });
    return { type: "present", live, merged };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "KUBE_UNREACHABLE") throw error;
    if (isImmutableFault(error)) return { type: "immutable", live, reason: statusOf(error)?.message ?? error.message };
    return { type: "unknown", reason: error.message };
  }
}

/** Returns whether the API server refused a request because a field cannot be changed. */
export function isImmutableFault({ code, message }: AppError): boolean {
  return code === "KUBE_INVALID" && saysImmutable(message);
}
