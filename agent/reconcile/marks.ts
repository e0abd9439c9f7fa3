import { createHash } from "node:crypto";
import { sha256Hex } from "../../codec/stable-hash.ts";

/** Where the agent keeps its own Secrets, unless told otherwise. */
export const agentNamespace = "drover-system";

/**
 * Label on every object that we apply (KEP-3659): for people and for selecting watches. It authorises nothing, since
 * Services copy it to their Endpoints and operators to their children.
 */
export const partOfLabel = "applyset.kubernetes.io/part-of";

/** On the inventory Secret: it is the parent of an ApplySet, which `kubectl apply --applyset` then refuses to touch. */
export const applySetIdLabel = "applyset.kubernetes.io/id";
export const applySetToolingAnnotation = "applyset.kubernetes.io/tooling";

/** Selects inventory Secrets; the value stands for the bundle. */
export const inventoryLabel = "drover.dev/inventory";
export const bundleAnnotation = "drover.dev/bundle";

/** A person sets it on an inventory Secret to the digest of a removal plan that is to be carried out. */
export const approveAnnotation = "drover.dev/approve-removal";

/** A person sets it to `true` on an inventory Secret: a removal goes on without the hooks that are left. */
export const skipHooksAnnotation = "drover.dev/skip-hooks";

/** A person sets it to `true` on an inventory Secret: a deployment that was taken back (`helm.atomic`) is tried once more. */
export const retryAnnotation = "drover.dev/retry";

/** Selects the Secrets that hold what deployments with `helm.atomic` go back to; the value stands for the bundle. */
export const verifiedLabel = "drover.dev/verified";

/** Selects the ConfigMaps that hold rules for health; its value says nothing. */
export const healthRulesLabel = "drover.dev/health-rules";

/** On an object in Git, `true`: fields that others own are taken, as with `helm.takeOwnership`. */
export const takeOwnershipAnnotation = "drover.dev/take-ownership";

/** On an object in Git, `true`: where a field cannot be changed in place, it is deleted and made again. */
export const replaceAnnotation = "drover.dev/replace";

/** On objects made for hooks: tells those of one run from all others. */
export const hookRunLabel = "drover.dev/hook-run";

/** On any object: it leaves the inventory instead of being deleted. Helm's, so that charts' marks count. */
export const keepAnnotation = "helm.sh/resource-policy";

/** Returns the name of a bundle's first inventory Secret. */
export function inventoryName(bundle: string): string {
  return `drover-inventory-${sha256Hex(bundle).slice(0, 20)}`;
}

/** Returns how the names of the Secrets begin that hold what a bundle goes back to. */
export function verifiedName(bundle: string): string {
  return `drover-verified-${sha256Hex(bundle).slice(0, 20)}`;
}

/** Returns the value of `part-of` for objects of a bundle: the ApplySet ID of its inventory Secret, as KEP-3659 has it. */
export function applySetId(bundle: string, namespace: string): string {
  const parent = `${inventoryName(bundle)}.${namespace}.Secret.`;
  return `applyset-${createHash("sha256").update(parent).digest("base64url")}-v1`;
}
