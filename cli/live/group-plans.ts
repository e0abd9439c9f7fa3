import { stableJson } from "../../codec/stable-hash.ts";
import type { PlannedDeployment } from "../../shared/protocol/answers.ts";
import type { Heard } from "./ask-agents.ts";

/** Clusters on which the same would happen. */
export interface PlanGroup {
  readonly clusters: readonly string[];
  readonly deployments: readonly PlannedDeployment[];
}

/** Returns what would happen, clusters with the same plan together, in the order of their first cluster; what stays as it is parts none. */
export function groupPlans(heard: readonly Heard<readonly PlannedDeployment[]>[]): PlanGroup[] {
  const groups = new Map<string, { readonly clusters: string[]; readonly deployments: readonly PlannedDeployment[] }>();
  for (const { cluster, said } of heard) {
    if (said === undefined) continue;
    const shown = said.filter((deployment) => changes(deployment) || faults(deployment));
    const key = stableJson(shown);
    const group = groups.get(key) ?? { clusters: [], deployments: shown };
    group.clusters.push(cluster);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Whether anything of a deployment would change, or wait for approval. */
export function changes({ objects, remove, held, released, cut }: PlannedDeployment): boolean {
  return objects.length + remove.length + held.length + released.length > 0 || cut !== undefined;
}

/** Whether a deployment cannot be planned, or would fail to be applied. */
export function faults({ error, objects }: PlannedDeployment): boolean {
  return error !== undefined || objects.some(({ action }) => action === "fail" || action === "conflict");
}
