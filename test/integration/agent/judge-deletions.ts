import { type AgentDeletion, type AuditedServer, listenForDeletions } from "./audit-log.ts";

/** Says what a scenario's agents may delete, as `configmaps/web`, and fails on everything else. */
export interface DeletionJudge {
  allow(deletions: readonly (string | RegExp)[]): void;
  /** Throws, naming them, where deletions were made that nobody allowed. */
  judge(): Promise<void>;
}

/** Returns a judge of the deletions made from now on of what has the rig's id in its namespace or name. */
export function createDeletionJudge(server: AuditedServer, id: string): DeletionJudge {
  const listen = listenForDeletions(server);
  const allowed: (string | RegExp)[] = [];
  return {
    allow: (deletions) => {
      allowed.push(...deletions);
    },
    judge: async () => {
      const made = (await listen(id)).filter((deletion) => !isInventory(deletion, `drover-${id}`));
      const wrong = made.filter(({ resource, name }) => !allowed.some((one) => fits(one, `${resource}/${name}`)));
      if (wrong.length === 0) return;
      const told = wrong.map(
        ({ resource, namespace, name }) => `${resource}/${name} in ${namespace ?? "no namespace"}`,
      );
      throw new Error(`the agent deleted what the scenario does not list: ${told.join(", ")}`);
    },
  };
}

function fits(allowed: string | RegExp, deletion: string): boolean {
  return typeof allowed === "string" ? allowed === deletion : allowed.test(deletion);
}

/** Inventories, and what bundles go back to, are the agent's own to delete, nothing else in its namespace is: not its identity, not its Lease. */
function isInventory({ resource, namespace, name }: AgentDeletion, systemNamespace: string): boolean {
  return resource === "secrets" && namespace === systemNamespace && /^drover-(?:inventory|verified)-/u.test(name);
}
