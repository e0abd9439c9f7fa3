import { createKubeClient, type KubeClient, type KubeEndpoint } from "../../../kube/kube-request.ts";
import { sharedCluster } from "../../../support/kube.ts";
import { systemClock } from "../../../../shared/clock.ts";
import { silentLogger } from "../../../../shared/log.ts";
import { createSimulatedCluster } from "../../../../simulator/simulated-cluster.ts";
import { listenForDeletions } from "../audit-log.ts";

/** A cluster that writes down who deletes what. */
export interface AuditedCluster extends KubeEndpoint, AsyncDisposable {
  readonly request: KubeClient["request"];
  /** The API server's own log; the simulator has none. */
  readonly auditLogPath?: string;
  /**
   * Returns the names of the objects that an agent deleted until now, once for each deletion that succeeded: those in a
   * rig's namespace, and those in none that have the rig's id in their name.
   */
  deletions(namespace: string): Promise<string[]>;
}

/** Returns the shared cluster as one that tells of deletions, by kube-apiserver's own audit log from now on. */
export async function auditedSharedCluster(): Promise<AuditedCluster> {
  const cluster = await sharedCluster();
  const listen = listenForDeletions(cluster);
  return {
    ...cluster,
    request: (path, options) => cluster.request(path, options),
    deletions: async (namespace) => {
      const deletions = await listen(idOf(namespace));
      return (
        deletions
          .filter((deletion) => (deletion.namespace ?? namespace) === namespace)
          // A deletion of a whole collection names nothing: no model allows it.
          .map(({ name }) => name)
      );
    },
    [Symbol.asyncDispose]: async () => cluster[Symbol.dispose](),
  };
}

/** A rig calls its namespace `apps-` and its id. */
function idOf(namespace: string): string {
  return namespace.slice(namespace.lastIndexOf("-") + 1);
}

/** Starts a cluster of the simulator; what it tells of requests is its audit log. Tests go round it to edit objects. */
export async function startSimulatedAudit(): Promise<AuditedCluster> {
  const deleted: { readonly path: string; readonly by: string }[] = [];
  const cluster = await createSimulatedCluster({
    name: "scenarios",
    clock: systemClock,
    log: silentLogger,
    audit: ({ verb, path, status, agent }) => {
      if (verb.startsWith("delete") && status < 300) deleted.push({ path, by: agent });
    },
  });
  const endpoint = { url: cluster.url, caCert: cluster.ca, token: cluster.token };
  const client = createKubeClient(endpoint);
  return {
    ...endpoint,
    request: (path, options) => client.request(path, options),
    deletions: async (namespace) =>
      deleted
        .filter(({ path, by }) => by === "drover-agent" && concerns(path, namespace))
        .map(({ path }) => path.split("/").at(-1) ?? "*"),
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}

function concerns(path: string, namespace: string): boolean {
  if (path.includes(`/namespaces/${namespace}/`) || path.endsWith(`/namespaces/${namespace}`)) return true;
  return !path.includes("/namespaces/") && path.includes(idOf(namespace));
}
