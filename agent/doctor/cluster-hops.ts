import { hasCode } from "../kube/kube-status.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { wellKnown } from "../kube/api-resource.ts";
import { createDiscovery } from "../kube/discovery.ts";
import { readIdentity, type Identity } from "../link/identity.ts";
import { createInventoryStore } from "../reconcile/inventory-store.ts";
import { type Hop, HopFault, orFault } from "./hop.ts";
import { mayDo, missingRights, type Right } from "./right.ts";

/** What the way to the cluster is tried with. */
export interface ClusterHopsDeps {
  readonly client: KubeClient;
  readonly server: string;
  readonly namespace: string;
  readonly leaderElect: boolean;
  /** Told who the agent is, once that is read. */
  readonly onIdentity: (identity: Identity | undefined) => void;
}

/** Returns the hops to the API server: connection, credential, rights. */
export function clusterHops(deps: ClusterHopsDeps): Hop[] {
  const { client, server, namespace } = deps;
  const discovery = createDiscovery(client);
  return [
    {
      name: "API server",
      try: async () => {
        const version = await orFault(
          () => discovery.kubeVersion(),
          (error) =>
            hasCode(error, "KUBE_UNREACHABLE")
              ? `open the way to ${server} (firewall, network policy), or correct server and CA of the kubeconfig`
              : "look at the API server's log",
        );
        return `${server} answers, Kubernetes ${version}`;
      },
    },
    {
      name: "rights",
      try: async () => {
        const wanted = [...ownRights(deps), ...(await kindsInUse(deps))];
        const missing = await missingRights(client, wanted);
        if (missing.length > 0) {
          throw new HopFault(
            `the agent may not: ${missing.join("; ")}`,
            "apply the manifest of `drover agent install` again, or bind a role with these rights to its service account " +
              `(kubectl create clusterrolebinding NAME --clusterrole=ROLE --serviceaccount=${namespace}:drover-agent)`,
          );
        }
        deps.onIdentity(
          await orFault(
            () => readIdentity(deps),
            () => "look at the Secret drover-agent",
          ),
        );
        const all = await mayDo(client, { verb: "*", group: "*", resource: "*" });
        return all ? "the agent may do everything" : `all ${wanted.length} that are needed now are there`;
      },
    },
    { name: "namespace", try: async () => findNamespace(deps) },
  ];
}

async function findNamespace({ client, namespace, leaderElect }: ClusterHopsDeps): Promise<string> {
  const live = await orFault(
    () => client.get({ resource: wellKnown.namespace, namespace: "", name: namespace }),
    () => "look at the API server's log",
  );
  if (live?.metadata.deletionTimestamp !== undefined) {
    throw new HopFault(
      `the agent's own namespace ${namespace} is being deleted, and with it what says which objects are the agent's`,
      `wait until it is gone (kubectl get namespace ${namespace} says what holds it up), then apply the manifest of \`drover agent install\``,
    );
  }
  if (live !== undefined) return `${namespace} is there`;
  if (!leaderElect) return `${namespace} is not there yet: the agent makes it when it starts`;
  throw new HopFault(
    `the agent's own namespace ${namespace} does not exist: several agents cannot agree in it who of them works`,
    `apply the manifest of \`drover agent install\`, or create it (kubectl create namespace ${namespace})`,
  );
}

function ownRights({ namespace, leaderElect }: ClusterHopsDeps): Right[] {
  const verbs = ["get", "list", "watch", "create", "patch", "update", "delete"];
  return [
    ...["get", "create", "patch"].map((verb) => ({ verb, group: "", resource: "namespaces" })),
    ...verbs.map((verb) => ({ verb, group: "", resource: "secrets", namespace })),
    ...["get", "impersonate"].map((verb) => ({ verb, group: "", resource: "serviceaccounts", namespace })),
    ...["list", "watch"].map((verb) => ({ verb, group: "", resource: "configmaps", namespace })),
    { verb: "create", group: "events.k8s.io", resource: "events", namespace },
    ...(leaderElect
      ? ["get", "create", "update"].map((verb) => ({
          verb,
          group: "coordination.k8s.io",
          resource: "leases",
          namespace,
        }))
      : []),
  ];
}

/** What was applied must stay readable and removable; what a bundle will hold is not known here. */
async function kindsInUse({ client, namespace }: ClusterHopsDeps): Promise<Right[]> {
  const inventories = createInventoryStore({ client, namespace, maxPartBytes: 1 });
  const discovery = createDiscovery(client);
  try {
    await inventories.load();
  } catch (error) {
    // A missing right is found below; anything else is worth saying.
    if (hasCode(error, "KUBE_FORBIDDEN")) return [];
    throw new HopFault(String(error), "look at the Secrets labelled drover.dev/inventory");
  }
  const rights: Right[] = [];
  for (const id of inventories.kinds()) {
    const [group = "", kind = ""] = id.split("/");
    const found = await discovery.resolveKind(group, kind).catch(() => undefined);
    if (found === undefined) continue;
    for (const verb of ["list", "watch", "patch", "delete"]) rights.push({ verb, group, resource: found.plural });
  }
  return rights;
}
