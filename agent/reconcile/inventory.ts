import type { JsonObject } from "../../codec/json-value.ts";
import type { InventoryEntry, ObjectKey } from "../../shared/drift/inventory-entry.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import type { AppliedRelease } from "../../shared/render/release-facts.ts";
import type { HookRun } from "./hook-run.ts";
import type { VerifiedRef } from "./verified-store.ts";

/** A deployment with `helm.atomic` that failed: it is not tried again before something changes. */
export interface FailedAttempt {
  readonly deploymentId: string;
  readonly renderDigest: string;
  readonly commit?: string | undefined;
  readonly code: string;
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
  /** What runs instead; absent: nothing was there before, and what the attempt made goes. */
  readonly back?: { readonly ref: VerifiedRef; readonly commit?: string | undefined } | undefined;
}

/** What one deployment owns in the cluster, and how far it has come: all that the agent must not forget. */
export interface Inventory {
  /** `<workspace>/<bundle>`. */
  readonly bundle: string;
  /** What was last applied whole; absent before. */
  readonly deploymentId?: string | undefined;
  /** Hash of the objects that were last applied whole: other facts may render others from the same deployment. */
  readonly renderDigest?: string | undefined;
  /** Epoch and revision of the document that it follows: a lost disk forgets no revision. */
  readonly epoch: string;
  readonly revision: number;
  readonly entries: readonly InventoryEntry[];
  /** Options that count when the deployment goes, as it was applied last. */
  readonly keepResources: boolean;
  readonly deleteDefinitions: boolean;
  /** `deleteNamespace`: the namespace that goes with it. */
  readonly deleteNamespace?: string | undefined;
  /** Service account that applied it. */
  readonly serviceAccount?: string | undefined;
  /** What charts were told when it was last applied whole; absent before the first time. */
  readonly release?: AppliedRelease | undefined;
  /** What is begun and not finished. */
  readonly run?: HookRun | undefined;
  /** Hooks that a removal runs: the document does not have them any more by then. */
  readonly deleteHooks?: readonly Hook[] | undefined;
  /** How long a removal waits for each of them, in milliseconds. */
  readonly hookTimeoutMs?: number | undefined;
  /** What `helm.atomic` goes back to: the deployment that is applied whole. */
  readonly verified?: VerifiedRef | undefined;
  /** What failed and was taken back. */
  readonly failed?: FailedAttempt | undefined;
}

/** The fields that we owned in each object after the last apply, in FieldsV1: what was ours may be forced back. */
export type AppliedFields = Readonly<Record<ObjectKey, JsonObject>>;

/** An inventory as it is stored. */
export interface StoredInventory extends Inventory {
  /** Digest of a removal plan that a person approved. */
  readonly approved?: string | undefined;
  /** When that was (ISO 8601), by the API server's clock; undefined where it does not say. */
  readonly approvedAt?: string | undefined;
  /** A person wants the removal to go on without the hooks that are left. */
  readonly skipHooks?: boolean | undefined;
  /** A person wants what was taken back to be tried once more. */
  readonly retry?: boolean | undefined;
}

/** Returns the inventory of a bundle that owns nothing yet. */
export function emptyInventory(bundle: string): StoredInventory {
  return { bundle, epoch: "", revision: 0, entries: [], keepResources: false, deleteDefinitions: false };
}
