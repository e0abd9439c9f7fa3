import type { JsonObject } from "../codec/json-value.ts";
import { badRequest } from "../apiserver/resources/api-error.ts";
import type { ApiObject } from "../apiserver/resources/api-object.ts";
import { fieldAt } from "../apiserver/resources/json-fields.ts";
import type { CustomSubresource, Subresource } from "../apiserver/resources/resource-definition.ts";
import { finalizeSubresource } from "../apiserver/resources/strategies/namespace-strategy.ts";
import { metaTime } from "../apiserver/resources/verbs/write-request.ts";
import type { ClusterClient } from "./cluster-client.ts";
import type { ClusterCredentials } from "./cluster-credentials.ts";

const defaultTokenSeconds = 3600;

/** Returns the subresources with code of their own: finalize, eviction and service account tokens. */
export function clusterSubresources(
  client: ClusterClient,
  credentials: ClusterCredentials,
): Readonly<Record<string, Readonly<Record<string, Subresource>>>> {
  return {
    "/namespaces": { finalize: finalizeSubresource(async (namespace, body) => finalize(client, namespace, body)) },
    "/pods": { eviction: evictionSubresource(client) },
    "/serviceaccounts": { token: tokenSubresource(credentials) },
  };
}

async function finalize(
  client: ClusterClient,
  namespace: ApiObject,
  body: JsonObject | undefined,
): Promise<JsonObject> {
  const finalizers = fieldAt(body, "spec", "finalizers");
  if (Array.isArray(finalizers) && finalizers.length > 0) {
    throw badRequest("a simulated cluster finalizes namespaces as a whole: send an empty spec.finalizers");
  }
  await client.finalizeNamespace(namespace.metadata.name ?? "");
  return { ...namespace, spec: {} };
}

function evictionSubresource(client: ClusterClient): CustomSubresource {
  return {
    type: "custom",
    verbs: ["create"],
    responseKind: { group: "policy", version: "v1", kind: "Eviction" },
    serve: async (pod, _body, { dryRun }) => {
      const { namespace = "", name = "" } = pod.metadata;
      if (!dryRun) await client.remove({ resource: "/pods", namespace, name });
      return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
    },
  };
}

function tokenSubresource(credentials: ClusterCredentials): CustomSubresource {
  return {
    type: "custom",
    verbs: ["create"],
    responseKind: { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" },
    serve: async (account, body, { nowMs }) => {
      const { namespace = "", name = "", uid = "" } = account.metadata;
      const asked = fieldAt(body, "spec", "expirationSeconds");
      const expirationSeconds = typeof asked === "number" ? asked : defaultTokenSeconds;
      const { token, expiresMs } = credentials.issueToken({ namespace, name, uid }, expirationSeconds * 1000);
      return {
        kind: "TokenRequest",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { name, namespace, creationTimestamp: metaTime(nowMs) },
        spec: { audiences: fieldAt(body, "spec", "audiences") ?? [], expirationSeconds },
        status: { token, expirationTimestamp: metaTime(expiresMs) },
      };
    },
  };
}
