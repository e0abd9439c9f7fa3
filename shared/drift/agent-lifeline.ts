import type { InventoryEntry } from "./inventory-entry.ts";

const rbac = "rbac.authorization.k8s.io";

/** Kinds in the agent's own namespace without which it ends, or may do nothing any more. */
const inOwnNamespace: ReadonlySet<string> = new Set([
  "/Secret",
  "/ServiceAccount",
  "apps/Deployment",
  `${rbac}/Role`,
  `${rbac}/RoleBinding`,
]);

/**
 * Whether an agent lives from an object: whoever has it remove that, by a bundle that holds the agent's own manifest, ends
 * the agent. Names of what is cluster-wide: `drover agent install`.
 */
export function isLifeline({ group, kind, namespace, name }: InventoryEntry, agentNamespace: string): boolean {
  if (namespace === agentNamespace) return inOwnNamespace.has(`${group}/${kind}`);
  if (group === "" && kind === "Namespace") return name === agentNamespace;
  const isClusterWide = group === rbac && (kind === "ClusterRole" || kind === "ClusterRoleBinding");
  return isClusterWide && (name === `${agentNamespace}-agent` || name === `${agentNamespace}-agent-wide`);
}
