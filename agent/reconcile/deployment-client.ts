import { AppError } from "../../shared/errors.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";

/** Where service accounts that deployments name are looked for. */
export interface AgentPlace {
  readonly client: KubeClient;
  /** The agent's own namespace. */
  readonly namespace: string;
}

/** Returns the API server under the identity that a deployment names, the agent's own when it names none. */
export function deploymentClient({ client, namespace }: AgentPlace, serviceAccount: string | undefined): KubeClient {
  if (serviceAccount === undefined || serviceAccount === "") return client;
  return client.as(`system:serviceaccount:${namespace}:${serviceAccount}`);
}

/** Throws `SERVICE_ACCOUNT_MISSING` where a deployment names a service account that is not there. */
export async function requireServiceAccount(place: AgentPlace, name: string | undefined): Promise<void> {
  if (name === undefined || name === "") return;
  const resource = { ...wellKnown.secret, kind: "ServiceAccount", plural: "serviceaccounts" };
  const live = await place.client.get({ resource, namespace: place.namespace, name });
  if (live !== undefined) return;
  throw new AppError("SERVICE_ACCOUNT_MISSING", `looking up service account ${place.namespace}/${name}: there is none`);
}
