import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import type { RemovalLimits } from "../../shared/drift/plan-removals.ts";
import { AppError } from "../../shared/errors.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import type { ScopeOf } from "../../shared/render/kind-scope.ts";
import type { ObjectName } from "../../shared/protocol/questions.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { Claims } from "../reconcile/claims.ts";
import { deploymentClient } from "../reconcile/deployment-client.ts";
import type { DesiredState } from "../reconcile/desired-state.ts";
import type { StoredInventory } from "../reconcile/inventory.ts";
import type { InventoryStore } from "../reconcile/inventory-store.ts";
import type { JudgeOf } from "./live-health.ts";
import type { TrialRenderers } from "./trial-renderers.ts";

/** What answers are made from. */
export interface AnswerDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly inventories: InventoryStore;
  readonly desired: DesiredState;
  readonly claims: Claims;
  readonly judgeOf: JudgeOf;
  readonly renderers: TrialRenderers;
  readonly scopeOf: ScopeOf;
  readonly limits: RemovalLimits;
  /** The agent's own namespace. */
  readonly namespace: string;
  /** Whether objects may be asked for that no bundle owns. */
  readonly anyObject: boolean;
}

/** One deployment that is asked about. */
export interface AskedDeployment {
  readonly inventory: StoredInventory;
  /** The API server under the identity that the deployment is applied with: nobody sees more through a question. */
  readonly client: KubeClient;
}

/** Requests for one answer that are under way at the same time. */
export const parallelReads = 4;

/** Returns the deployment; throws ANSWER_REFUSED when this cluster does not have it. */
export function askedDeployment(deps: AnswerDeps, bundle: string): AskedDeployment {
  if (!deps.inventories.has(bundle)) {
    throw new AppError("ANSWER_REFUSED", `bundle ${bundle} owns nothing in this cluster`, { verdict: "stalled" });
  }
  const inventory = deps.inventories.get(bundle);
  return { inventory, client: deploymentClient(deps, inventory.serviceAccount) };
}

/** Returns the entry of the inventory that names the object; throws ANSWER_REFUSED when the bundle does not own it. */
export function ownedEntry(
  { inventory }: AskedDeployment,
  { group, kind, namespace, name }: ObjectName,
): InventoryEntry {
  const found = inventory.entries.find(
    (entry) => entry.group === group && entry.kind === kind && entry.namespace === namespace && entry.name === name,
  );
  if (found !== undefined) return found;
  const what = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  throw new AppError("ANSWER_REFUSED", `bundle ${inventory.bundle} does not own ${what} in this cluster`, {
    verdict: "stalled",
  });
}

/** Returns the live object, undefined when there is none; throws KUBE_NOT_FOUND for a kind that the cluster does not serve. */
export async function readNamed(
  { discovery }: Pick<AnswerDeps, "discovery">,
  client: KubeClient,
  { group, kind, namespace, name }: ObjectName,
): Promise<KubeObject | undefined> {
  const resource: ApiResource | undefined = await discovery.resolveKind(group, kind);
  if (resource === undefined) {
    throw new AppError("KUBE_NOT_FOUND", `the cluster serves no kind ${kind}${group === "" ? "" : ` of ${group}`}`);
  }
  return client.get({ resource, namespace: resource.namespaced ? namespace : "", name });
}
