import { conflict, type ApiError } from "../api-error.ts";
import type { ApiObject } from "../api-object.ts";
import { withoutFields } from "../json-fields.ts";
import type { WritePreconditions } from "../../storage/object-store.ts";
import type { Writing } from "./record-fields.ts";
import { hookContext, inServedVersion, keyOf, metaTime, type WriteRequest } from "./write-request.ts";

/** What happens to the objects that name the deleted one as owner. */
export type PropagationPolicy = "Background" | "Foreground" | "Orphan";

/** DeleteOptions of meta.k8s.io/v1. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: PropagationPolicy | undefined;
  readonly preconditions?: WritePreconditions | undefined;
}

/** What became of a deletion. */
export interface DeleteResult {
  /** The last state when it is removed, else the object as it waits. */
  readonly object: ApiObject;
  readonly removed: boolean;
}

/** The garbage collector's own finalizers. */
export const foregroundFinalizer = "foregroundDeletion";
export const orphanFinalizer = "orphan";

/**
 * Removes an object, or marks it as deleted when finalizers, a grace period or its kind hold it. Throws NotFound, and
 * Conflict when a precondition does not hold.
 */
export async function deleteObject(options: DeleteOptions, writing: Writing): Promise<DeleteResult> {
  const { request, parts } = writing;
  const { definition } = request;
  await parts.admit(request, "DELETE");
  const live = await definition.store.get(keyOf(request));
  checkPreconditions(live, options.preconditions ?? {}, request);
  const marked = markDeleted(live, options, writing);
  const context = hookContext(request, parts.clock.now());
  const waiting =
    marked === undefined ? undefined : ((await definition.strategy.prepareForDelete?.(marked, context)) ?? marked);
  if (waiting !== undefined) {
    const stored = request.dryRun ? waiting : await definition.store.update(keyOf(request), waiting);
    if (!request.dryRun) definition.strategy.afterWrite?.({ object: stored, previous: live });
    return { object: inServedVersion(stored, definition), removed: false };
  }
  if (request.dryRun) return { object: inServedVersion(live, definition), removed: true };
  const removed = await definition.store.delete(keyOf(request), { uid: live.metadata.uid });
  definition.strategy.afterWrite?.({ object: removed, previous: live });
  return { object: inServedVersion(removed, definition), removed: true };
}

function checkPreconditions(
  live: ApiObject,
  { uid, resourceVersion }: WritePreconditions,
  request: WriteRequest,
): void {
  // Kubernetes names the kind here, not the resource (rest.BeforeDelete).
  const refuse = (problem: string): ApiError =>
    conflict({ group: request.definition.names.group, resource: request.definition.names.kind }, request.name, problem);
  if (uid !== undefined && uid !== live.metadata.uid) {
    throw refuse(
      `the UID in the precondition (${uid}) does not match the UID in record (${live.metadata.uid ?? ""}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
    throw refuse(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${live.metadata.resourceVersion ?? ""}). The object might have been modified`,
    );
  }
}

/** Returns the object as it waits for its removal, undefined when nothing holds it. */
function markDeleted(live: ApiObject, options: DeleteOptions, { request, parts }: Writing): ApiObject | undefined {
  const { strategy } = request.definition;
  const finalizers = finalizersFor(live.metadata.finalizers ?? [], options.propagationPolicy);
  const already = live.metadata.deletionTimestamp;
  const grace = options.gracePeriodSeconds ?? strategy.defaultGraceSeconds?.(live) ?? 0;
  const remaining = already === undefined ? grace : Math.min(grace, live.metadata.deletionGracePeriodSeconds ?? 0);
  const isHeld = strategy.holdsRemoval?.(live) ?? false;
  if (finalizers.length === 0 && remaining === 0 && !isHeld) return undefined;
  const isShorter = remaining < (live.metadata.deletionGracePeriodSeconds ?? 0);
  const { generation } = live.metadata;
  return {
    ...live,
    metadata: {
      ...withoutFields(live.metadata, "finalizers"),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      ...(already === undefined && generation !== undefined ? { generation: generation + 1 } : {}),
      deletionTimestamp: already !== undefined && !isShorter ? already : metaTime(parts.clock.now() + remaining * 1000),
      // Kinds that hold themselves have no grace period.
      ...(strategy.holdsRemoval === undefined ? { deletionGracePeriodSeconds: remaining } : {}),
    },
  };
}

function finalizersFor(current: readonly string[], policy: PropagationPolicy | undefined): readonly string[] {
  if (policy === undefined) return current;
  const others = current.filter((name) => name !== foregroundFinalizer && name !== orphanFinalizer);
  if (policy === "Background") return others;
  return [...others, policy === "Foreground" ? foregroundFinalizer : orphanFinalizer];
}
