import type { KubeObject } from "../api/meta.ts";
import type { Drift } from "../protocol/deployment-status.ts";
import { describeDrift, immutableDrift, missingDrift, unknownDrift } from "./describe-drift.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { objectKey, refOf, type ObjectKey } from "./inventory-entry.ts";
import { mayBeGone } from "./known-fields.ts";
import { planRemovals, type RemovalPlan, type RemovalQuestion } from "./plan-removals.ts";

/** What is known of an object's live state before deciding. */
export type LiveState =
  /** Not looked at: applying shows it. */
  | { readonly type: "unread" }
  | {
      readonly type: "absent";
      /** What has to come first, in words: its namespace or definition is missing. */
      readonly reason?: string;
    }
  /** As it is, and as a forced dry run of ours would leave it. */
  | { readonly type: "present"; readonly live: KubeObject; readonly merged: KubeObject }
  /** The server refuses to change a field back: the differing ones are its own to name. */
  | { readonly type: "immutable"; readonly live: KubeObject; readonly reason: string }
  /** A dry run was not possible. */
  | { readonly type: "unknown"; readonly reason: string };

/** What is to be done with one desired object. */
export type Change =
  | { readonly action: "apply"; readonly object: KubeObject }
  | { readonly action: "create"; readonly object: KubeObject; readonly drift: Drift }
  | { readonly action: "configure"; readonly object: KubeObject; readonly drift: Drift }
  | { readonly action: "unchanged"; readonly object: KubeObject }
  /** Differs in nothing that the rules do not ignore, or is missing and may be. */
  | { readonly action: "skip"; readonly object: KubeObject; readonly drift?: Drift }
  | { readonly action: "refuse"; readonly object: KubeObject; readonly heldBy: string };

/** Everything that brings a deployment from live to desired. */
export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly removals: RemovalPlan;
}

/** What a plan is made from. */
export interface PlanQuestion {
  readonly desired: readonly KubeObject[];
  readonly live: (key: ObjectKey) => LiveState;
  /** Which other live deployment owns the object, if any: it must give it up first. */
  readonly heldBy: (key: ObjectKey) => string | undefined;
  readonly rules: IgnoreRules;
  readonly manager: string;
  /** Absent: only `desired` is planned for, nothing is removed. */
  readonly removal?: Omit<RemovalQuestion, "desired">;
}

const noRemovals: RemovalPlan = { remove: [], held: [], released: [], digest: "", granted: [] };

/** Returns what would have to be done, object by object, in the order of `desired`. Decides, does nothing. */
export function planChanges(question: PlanQuestion): ChangeSet {
  const changes = question.desired.map((object) => planChange(object, question));
  const desired = new Set(question.desired.map(objectKey));
  const removals = question.removal === undefined ? noRemovals : planRemovals({ ...question.removal, desired });
  return { changes, removals };
}

function planChange(object: KubeObject, question: PlanQuestion): Change {
  const key = objectKey(object);
  const heldBy = question.heldBy(key);
  if (heldBy !== undefined) return { action: "refuse", object, heldBy };
  const state = question.live(key);
  switch (state.type) {
    case "unread":
      return { action: "apply", object };
    case "absent":
      return question.rules.ignoresMissing(refOf(object)) || mayBeGone(object)
        ? { action: "skip", object }
        : { action: "create", object, drift: missingDrift(object, state.reason) };
    case "unknown":
      return { action: "skip", object, drift: unknownDrift(object, state.reason) };
    case "immutable": {
      const { live, reason } = state;
      const { rules, manager } = question;
      const drift = immutableDrift({ live, desired: object, reason }, { rules, manager });
      return drift === undefined ? { action: "skip", object } : { action: "configure", object, drift };
    }
    case "present": {
      const { live, merged } = state;
      const drift = describeDrift({ live, merged, rules: question.rules, manager: question.manager });
      return drift === undefined ? { action: "unchanged", object } : { action: "configure", object, drift };
    }
  }
}
