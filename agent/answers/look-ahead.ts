import type { KubeObject } from "../../shared/api/meta.ts";
import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { LiveState } from "../../shared/drift/plan-changes.ts";
import { planReplacement } from "../../shared/drift/plan-replacements.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { hasCode, statusOf } from "../kube/kube-status.ts";
import { targetOf, type KubeClient } from "../kube/kube-client.ts";
import { type AdoptionGround, isAdoptable } from "../reconcile/adopt-object.ts";
import { replaceAnnotation } from "../reconcile/marks.ts";
import { readLive, type TargetedObject } from "../reconcile/read-live.ts";
import { withoutNamespace } from "../reconcile/why-absent.ts";
import type { AnswerDeps } from "./answer-deps.ts";

/** What is known of an object before it is applied. */
export interface Foresight {
  readonly state: LiveState;
  /** Why applying it would fail, as the API server says. */
  readonly problem?: string;
  /** The problem is that others own fields. */
  readonly isConflict?: boolean;
  /** The problem is a field that cannot be changed, and replacing the object was asked for and loses nothing. */
  readonly isReplaced?: boolean;
}

/** What an apply of the object may rely on. */
export interface ForesightGround {
  /** The object as the inventory knows it. */
  readonly owned: InventoryEntry | undefined;
  /** `group/Kind` of the definitions that come with the same plan. */
  readonly coming: ReadonlySet<string>;
  /** Namespaces that are made on the way, or come with the same plan. */
  readonly namespaces: ReadonlySet<string>;
  readonly adoption: AdoptionGround;
  /** `helm.force`: what cannot be changed may be replaced. */
  readonly force: boolean;
}

/**
 * Returns an object's live state, and what the API server would say to applying it: by dry runs only. Throws only when
 * the API server cannot be reached.
 */
export async function lookAhead(
  { discovery }: Pick<AnswerDeps, "discovery">,
  client: KubeClient,
  { object, ground }: { readonly object: KubeObject; readonly ground: ForesightGround },
): Promise<Foresight> {
  const resource = await discovery.resolve(object.apiVersion, object.kind);
  if (resource === undefined) {
    const group = object.apiVersion.includes("/") ? (object.apiVersion.split("/")[0] ?? "") : "";
    if (ground.coming.has(`${group}/${object.kind}`)) {
      const reason = "will be created after its definition, which comes with it";
      return { state: { type: "absent", reason } };
    }
    const problem = `the cluster does not serve ${object.apiVersion}; is its definition missing?`;
    return { state: { type: "absent" }, problem };
  }
  const targeted = { target: targetOf(resource, object), object };
  const state = await readOrWhyNot(client, targeted);
  switch (state.type) {
    case "absent":
      return foreseeCreation(client, targeted, ground);
    case "present":
      return { state, ...(await foreseeConflict(client, targeted, { live: state.live, ground })) };
    case "unknown":
    case "unread":
      return { state };
    case "immutable":
      return { state, ...foreseeReplacement(object, state, ground) };
  }
}

/** A right that is missing for one object hides nothing of the others. */
async function readOrWhyNot(client: KubeClient, targeted: TargetedObject): Promise<LiveState> {
  try {
    return await readLive(client, targeted);
  } catch (error) {
    if (hasCode(error, "KUBE_FORBIDDEN")) return { type: "unknown", reason: toAppError(error).message };
    throw error;
  }
}

type Problem = Pick<Foresight, "isConflict" | "isReplaced" | "problem">;

function foreseeReplacement(
  object: KubeObject,
  { live, reason }: Extract<LiveState, { readonly type: "immutable" }>,
  { force }: ForesightGround,
): Problem {
  const isAsked = force || object.metadata.annotations?.[replaceAnnotation] === "true";
  if (!isAsked) return { problem: reason };
  const plan = planReplacement(live, object);
  return plan.type === "refuse" ? { problem: `${reason}; ${plan.reason}` } : { isReplaced: true, problem: reason };
}

async function foreseeCreation(
  client: KubeClient,
  { target, object }: TargetedObject,
  ground: ForesightGround,
): Promise<Foresight> {
  const state = { type: "absent" } as const;
  try {
    await client.apply(target, object, { force: false, dryRun: true });
    return { state };
  } catch (error) {
    if (!hasCode(error, "KUBE_NOT_FOUND") || target.namespace === "") return { state, ...problemOf(error) };
    // A namespace that is made on the way is not there yet, and so nothing can be tried in it.
    if (ground.namespaces.has(target.namespace))
      return { state: { ...state, reason: withoutNamespace(target.namespace) } };
    return { state, problem: `its namespace ${target.namespace} is missing, and nothing of this plan makes it` };
  }
}

/** What was never ours is not forced: others may own fields that differ. */
async function foreseeConflict(
  client: KubeClient,
  { target, object }: TargetedObject,
  { live, ground }: { readonly live: KubeObject; readonly ground: ForesightGround },
): Promise<Problem> {
  const { owned, adoption } = ground;
  const isOurs = owned?.uid !== undefined && owned.uid === live.metadata.uid;
  if (isOurs || adoption.takeOwnership || isAdoptable(live, adoption)) return {};
  try {
    await client.apply(target, object, { force: false, dryRun: true });
    return {};
  } catch (error) {
    const conflicts = statusOf(error)?.causes.filter(({ reason }) => reason === "FieldManagerConflict") ?? [];
    if (conflicts.length === 0) return problemOf(error);
    const fields = conflicts.map(({ field, message }) => `${field} (${message})`).join("; ");
    return { isConflict: true, problem: `others own fields that were never ours: ${fields}` };
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof AppError && error.code !== "KUBE_UNREACHABLE") return { problem: error.message };
  throw error;
}
