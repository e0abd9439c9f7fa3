import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";

/** Who the agent is at its hub. */
export interface Identity {
  readonly hub: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly credential: string;
  /** Identity of the hub's store that the agent follows. */
  readonly epoch: string;
}

/** Where the agent's identity is kept in the cluster. */
export interface IdentityPlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

const secretName = "drover-agent";
const fields = [
  "hub",
  "clusterName",
  "namespace",
  "credential",
  "epoch",
] as const satisfies readonly (keyof Identity)[];

/** Returns the identity kept in the cluster, undefined before the first registration. */
export async function readIdentity({ client, namespace }: IdentityPlace): Promise<Identity | undefined> {
  const secret = await client.get({ resource: wellKnown.secret, namespace, name: secretName });
  if (secret === undefined) return undefined;
  const [hub, clusterName, workspace, credential, epoch] = fields.map((field) => readField(secret, field));
  if (!hub || !clusterName || !workspace || !credential || !epoch) return undefined;
  return { hub, clusterName, namespace: workspace, credential, epoch };
}

/** Keeps the identity in the cluster, so that a lost disk or another node changes nothing. */
export async function saveIdentity({ client, namespace }: IdentityPlace, identity: Identity): Promise<void> {
  const data = Object.fromEntries(
    fields.map((field) => [field, Buffer.from(identity[field], "utf8").toString("base64")]),
  );
  const secret: KubeObject = {
    apiVersion: "v1",
    kind: "Secret",
    type: "drover.dev/agent",
    metadata: { name: secretName, namespace, labels: { "app.kubernetes.io/managed-by": "drover" } },
    data,
  };
  await client.apply({ resource: wellKnown.secret, namespace, name: secretName }, secret, { force: true });
}

/** Makes the agent's own namespace when it is missing. */
export async function ensureOwnNamespace({ client, namespace }: IdentityPlace): Promise<void> {
  const target = { resource: wellKnown.namespace, namespace: "", name: namespace };
  if ((await client.get(target)) !== undefined) return;
  await client.apply(target, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, { force: false });
}

/** Returns the UID of kube-system: it names the cluster for as long as it lives. */
export async function readClusterUid(client: KubeClient): Promise<string> {
  const target = { resource: wellKnown.namespace, namespace: "", name: "kube-system" };
  const live = await client.get(target);
  return live?.metadata.uid ?? "";
}

function readField(secret: KubeObject, field: string): string {
  const data = secret["data"];
  const text = isJsonObject(data) ? data[field] : undefined;
  return typeof text === "string" ? Buffer.from(text, "base64").toString("utf8") : "";
}
