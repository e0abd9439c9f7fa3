import { runAll } from "../agent/run-all.ts";
import type { KubeCluster } from "../test/kube/cluster.ts";

/** Requests of the bench at the same time. */
const parallel = 24;
const perNamespace = 1000;
const plurals = { ConfigMap: "configmaps", Secret: "secrets", ServiceAccount: "serviceaccounts", Service: "services" };
/** Most of the objects of a cluster are of the kinds that bundles have; Services are few, as their addresses are. */
const kindsOfTen = [
  "ConfigMap",
  "ConfigMap",
  "ConfigMap",
  "ConfigMap",
  "ConfigMap",
  "Secret",
  "Secret",
  "Secret",
] as const;

/** Creates objects that no agent has anything to do with: ConfigMaps, Secrets, Services and ServiceAccounts, 1,000 in a namespace. */
export async function createForeign(cluster: KubeCluster, count: number): Promise<void> {
  const namespaces = Array.from({ length: Math.ceil(count / perNamespace) }, (_, index) => `foreign-${index}`);
  await runAll(namespaces, parallel, async (name) => create(cluster, "/api/v1/namespaces", { metadata: { name } }));
  const indexes = Array.from({ length: count }, (_, index) => index);
  await runAll(indexes, parallel, async (index) => {
    const kind = kindOf(index);
    const path = `/api/v1/namespaces/foreign-${Math.floor(index / perNamespace)}/${plurals[kind]}`;
    const metadata = { name: `foreign-${index}`, labels: { app: "foreign" } };
    await create(cluster, path, { apiVersion: "v1", kind, metadata, ...contentOf(kind) });
  });
}

function kindOf(index: number): keyof typeof plurals {
  if (index % 100 === 99) return "Service";
  return kindsOfTen[index % 10] ?? "ServiceAccount";
}

function contentOf(kind: keyof typeof plurals): object {
  const text = "x".repeat(1000);
  if (kind === "ConfigMap") return { data: { text } };
  if (kind === "Secret") return { stringData: { text } };
  return kind === "Service" ? { spec: { clusterIP: "None", ports: [{ port: 80 }] } } : {};
}

async function create(cluster: KubeCluster, path: string, body: object): Promise<void> {
  const answer = await cluster.request(path, { method: "POST", body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
}
