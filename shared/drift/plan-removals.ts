import { stableHash } from "../../codec/stable-hash.ts";
import type { DesiredDeployment } from "../protocol/desired-document.ts";
import { isLifeline } from "./agent-lifeline.ts";
import { describeEntry, entryKey, type InventoryEntry, type ObjectKey } from "./inventory-entry.ts";

/** How many objects may go from a deployment that stays before a person must approve. */
export interface RemovalLimits {
  /** Held when more than this share (0–1) … */
  readonly share: number;
  /** … and more than this many objects would go, */
  readonly shareAbove: number;
  /** or more than this many in any case. */
  readonly count: number;
}

/** Returns the limits that count for a deployment: what the hub says of it, else the agent's own. */
export function limitsFor(
  own: RemovalLimits,
  deployment: Pick<DesiredDeployment, "removalLimits"> | undefined,
): RemovalLimits {
  const { share, shareAbove, count } = deployment?.removalLimits ?? {};
  return { share: share ?? own.share, shareAbove: shareAbove ?? own.shareAbove, count: count ?? own.count };
}

/** What decides about removals. */
export interface RemovalQuestion {
  readonly inventory: readonly InventoryEntry[];
  /** Keys of what the deployment should have; empty when the whole deployment was said to go. */
  readonly desired: ReadonlySet<ObjectKey>;
  /** The hub said that the deployment goes: the limits do not count then. */
  readonly said: boolean;
  /**
   * A deployment that was never verified is taken back (`helm.atomic`), and what leaves is what it made itself: it may all go,
   * as far as the number allows.
   */
  readonly goingBack?: boolean;
  /** `deleteCRDResources`: definitions are removed as well, once approved. */
  readonly deleteDefinitions: boolean;
  /** `keepResources`: what leaves the deployment stays in the cluster. */
  readonly keepResources: boolean;
  /** Which other deployment wants the object, if any. */
  readonly wantedBy: (key: ObjectKey) => string | undefined;
  readonly limits: RemovalLimits;
  /** The agent's own namespace: what the agent lives from is held. */
  readonly agentNamespace?: string | undefined;
  /** Digest of a plan that a person approved. */
  readonly approved?: string | undefined;
}

/** One object of the inventory and why it is treated so. */
export interface RemovalReason {
  readonly entry: InventoryEntry;
  readonly reason: string;
}

/** An object that leaves the inventory and stays in the cluster. */
export interface Release extends RemovalReason {
  /** The deployment that has it from then on; undefined where nobody has. */
  readonly heir: string | undefined;
}

/** What happens to the objects that a deployment owns and should not have any more. */
export interface RemovalPlan {
  readonly remove: readonly InventoryEntry[];
  /** Stay in the inventory until a person approves. */
  readonly held: readonly RemovalReason[];
  /** Leave the inventory, stay in the cluster. */
  readonly released: readonly Release[];
  /** Names exactly this set of objects: what an approval refers to. */
  readonly digest: string;
  /** What goes because a person approved it: to be marked in the inventory before the first of them goes. */
  readonly granted: readonly InventoryEntry[];
}

const definition = "CustomResourceDefinition";

/** Kinds whose loss loses what is in them: always held. */
const precious: ReadonlySet<string> = new Set([definition, "Namespace", "PersistentVolumeClaim"]);

/** Returns what becomes of each object of the inventory that is not desired any more. Decides, deletes nothing. */
export function planRemovals(question: RemovalQuestion): RemovalPlan {
  const leaving = question.inventory.filter((entry) => !question.desired.has(entryKey(entry)));
  const released: Release[] = [];
  const candidates: InventoryEntry[] = [];
  for (const entry of leaving) {
    const release = releaseOf(entry, question);
    if (release === undefined) candidates.push(entry);
    else released.push(release);
  }
  const digest = stableHash(candidates.map(nameOf).toSorted()).slice(0, 12);
  const isApproved = question.approved === digest;
  const granted = candidates.filter((entry) => isApproved || entry.granted === true);
  const open = candidates.filter((entry) => !granted.includes(entry));
  const beyond = question.said ? undefined : beyondLimits(open.length, question);
  const held: RemovalReason[] = [];
  const remove: InventoryEntry[] = [...granted];
  for (const entry of open) {
    const reason = beyond ?? whyHeld(entry, question);
    if (reason === undefined) remove.push(entry);
    else held.push({ entry, reason });
  }
  return { remove, held, released, digest, granted };
}

/** An object of the same name that was made anew is another one. */
function nameOf(entry: InventoryEntry): string {
  return `${entryKey(entry)} ${entry.uid ?? ""}`;
}

/** Returns sentences for status about what is held and why, each with the plan that an approval has to name; `more` goes before it. */
export function describeHeld(plan: RemovalPlan, more = ""): string[] {
  return plan.held.map(({ entry, reason }) => `${describeEntry(entry)}: ${reason}${more} (plan ${plan.digest})`);
}

function whyHeld(entry: InventoryEntry, { agentNamespace }: RemovalQuestion): string | undefined {
  if (agentNamespace !== undefined && isLifeline(entry, agentNamespace))
    return "the agent itself lives from it: it is removed only when approved";
  return isPrecious(entry) ? `a ${entry.kind} is removed only when approved` : undefined;
}

function isPrecious(entry: InventoryEntry): boolean {
  if (!precious.has(entry.kind)) return false;
  return entry.group === (entry.kind === definition ? "apiextensions.k8s.io" : "");
}

function releaseOf(entry: InventoryEntry, question: RemovalQuestion): Release | undefined {
  const heir = question.wantedBy(entryKey(entry));
  if (heir !== undefined) return { entry, heir, reason: `bundle ${heir} has it now` };
  if (question.keepResources) return { entry, heir, reason: "keepResources is set" };
  const isKept = entry.kind === definition && isPrecious(entry) && !question.deleteDefinitions;
  return isKept ? { entry, heir, reason: "definitions are kept unless deleteCRDResources is set" } : undefined;
}

function beyondLimits(count: number, question: RemovalQuestion): string | undefined {
  const { inventory, limits, desired, goingBack = false } = question;
  if (count > 0 && desired.size === 0 && !goingBack) return "the bundle renders no objects any more, and it had some";
  const share = count / Math.max(inventory.length, 1);
  const much = !goingBack && count > limits.shareAbove && share > limits.share;
  if (!much && count <= limits.count) return undefined;
  return `${count} of ${inventory.length} objects would be removed at once`;
}
