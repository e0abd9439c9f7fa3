import type { HubFault } from "../scripted-hub.ts";

/** Objects of one bundle as Git has them: name → value. Names beginning with `r` are Roles, those with `i` ConfigMaps that cannot be changed, others ConfigMaps. */
export type Objects = Readonly<Record<string, string>>;

/** What a bundle says besides its objects; absent is no. */
export interface Options {
  readonly paused?: boolean;
  readonly keepResources?: boolean;
  /** Its drift is reported and not corrected. */
  readonly leavesDrift?: boolean;
  readonly forcesDrift?: boolean;
  readonly takeOwnership?: boolean;
  /** `helm.force`: what cannot be changed is replaced. */
  readonly force?: boolean;
  readonly atomic?: boolean;
  /** A rule says that values beginning with `sick` are not ready. */
  readonly rule?: boolean;
  /** A hook after installs and upgrades, deleted when it is over. */
  readonly hook?: boolean;
  /** Value of a label of the namespace. */
  readonly label?: string;
  /** `namespace` instead of `defaultNamespace`. */
  readonly forcesNamespace?: boolean;
}

export interface Bundle {
  readonly objects: Objects;
  readonly options: Options;
}

export type Bundles = Readonly<Record<string, Bundle>>;

/** What happens in a scenario. What is published while the agent lives, dies or is cut from the hub comes with it. */
export type Event =
  /** Git and the targeting say this of all bundles from now on; those that are missing are said to be removed. */
  | { readonly type: "publish"; readonly why: string; readonly bundles: Bundles }
  /** Says the first, and at once after it the second again. */
  | { readonly type: "undo"; readonly bundles: Bundles }
  /** The document leaves a bundle out without a word. */
  | { readonly type: "omit"; readonly bundle: string }
  /** The hub was restored: an older revision, or a store of another identity, says that everything is to be removed. */
  | { readonly type: "restored"; readonly from: "older-revision" | "other-store" }
  | { readonly type: "edit"; readonly action: Edit; readonly object: string }
  | { readonly type: "approve"; readonly wrong: boolean };

/** What others do to an object. `adopt`: a controller owns it from now on; `copy`: a foreign object gets our label; `make`: somebody makes it first. */
export type Edit = "change" | "delete" | "unlabel" | "adopt" | "copy" | "make";

/** How the agent fares meanwhile. */
export interface Trouble {
  /** It is killed at the n-th step that it takes. */
  readonly killAtStep?: number;
  /** … and starts on another node, without its disk. */
  readonly diskLost?: boolean;
  /** … or another agent, which has waited for the Lease, takes over. */
  readonly replaced?: boolean;
  /** The hub misbehaves until the agent has asked it a few times. */
  readonly hub?: HubFault;
}

/** One step of a scenario. */
export interface Turn {
  readonly event: Event;
  readonly trouble: Trouble;
}

/** Returns whether an object cannot be changed once it is there. */
export function isImmutable(name: string): boolean {
  return name.startsWith("i");
}

/** Returns the name of the object that stays a bundle's when the bundle is renamed, and cannot be changed. */
export function immutableOf(bundle: string): string {
  return `i${bundle.replace(/x+$/u, "")}`;
}
