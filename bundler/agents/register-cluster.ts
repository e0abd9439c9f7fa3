import { randomUUID } from "node:crypto";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import type { RegisterRequest, RegisterResponse } from "../../shared/protocol/routes.ts";
import { clusterResource, type Hub } from "../desired/hub.ts";
import { checkRegistration, wantedName } from "./check-registration.ts";
import type { Credential, CredentialTable } from "../store/credential-table.ts";
import type { ObjectTable } from "../store/object-table.ts";

/** What registration works with. */
export interface RegisterDeps {
  readonly epoch: string;
  readonly hub: Hub;
  readonly objects: ObjectTable;
  readonly credentials: CredentialTable;
  readonly clock: Clock;
}

/**
 * Makes the Cluster of a new agent, or finds the one it had, and returns a credential of its own; earlier ones of the
 * cluster are taken back. A Cluster made by hand under the wanted name is taken over while no other agent holds it
 * (Fleet: `spec.clientID`). Throws CLUSTER_NAME_TAKEN, and REQUEST_INVALID for a name or labels that no object may have.
 */
export async function registerCluster(
  deps: RegisterDeps,
  token: Credential,
  request: RegisterRequest,
): Promise<RegisterResponse> {
  const { namespace } = token;
  checkRegistration(request);
  const name = deps.hub.workspace(namespace).clusterByClientId(request.clusterUid) ?? wantedName(request);
  const key = { resource: clusterResource, namespace, name };
  const credential = await deps.objects.write(async (writer) => {
    const existing = await writer.read(key);
    const holder = clientIdOf(existing);
    if (holder !== undefined && holder !== request.clusterUid) {
      throw new AppError(
        "CLUSTER_NAME_TAKEN",
        `cluster ${namespace}/${name} belongs to another Kubernetes cluster: choose another --cluster-name, or delete the Cluster first`,
        { verdict: "stalled", details: { cluster: name } },
      );
    }
    // What the token says is the administrator's word: an agent does not choose its way into other targets.
    const labels = { ...request.labels, ...token.labels };
    if (existing === undefined)
      await writer.create(key, newCluster(deps, { namespace, name }, { labels, clientID: request.clusterUid }));
    else if (holder === undefined)
      await writer.update(key, { ...existing, spec: { ...specOf(existing), clientID: request.clusterUid } });
    const owner = { kind: "agent", namespace, name } as const;
    await deps.credentials.revoke(writer.sql, owner);
    return deps.credentials.issue(writer.sql, { ...owner, expiresMs: undefined, labels: {}, groups: [] });
  });
  deps.credentials.changed();
  return { clusterName: name, namespace, credential, epoch: deps.epoch };
}

function specOf(cluster: ApiObject): Readonly<Record<string, never>> {
  const spec = cluster["spec"];
  return typeof spec === "object" && spec !== null ? (spec as Record<string, never>) : {};
}

function clientIdOf(cluster: ApiObject | undefined): string | undefined {
  if (cluster === undefined) return undefined;
  const id: unknown = specOf(cluster)["clientID"];
  return typeof id === "string" && id !== "" ? id : undefined;
}

function newCluster(
  deps: RegisterDeps,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { labels, clientID }: { readonly labels: Readonly<Record<string, string>>; readonly clientID: string },
): ApiObject {
  return {
    apiVersion: fleetApiVersion,
    kind: "Cluster",
    metadata: {
      namespace,
      name,
      labels,
      uid: randomUUID(),
      generation: 1,
      creationTimestamp: metaTime(deps.clock.now()),
    },
    spec: { clientID },
  };
}
