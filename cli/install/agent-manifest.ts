import type { JsonObject } from "../../codec/json-value.ts";
import { agentAccess } from "./agent-access.ts";
import { agentDeployment } from "./agent-deployment.ts";
import { agentNetworkPolicy } from "./agent-network.ts";
import { agentLabels, agentName, agentPodLabels, type AgentSettings, hubSecretName } from "./agent-settings.ts";

/** Returns everything that an agent needs in its cluster, in the order in which it can be applied. */
export function agentManifest(settings: AgentSettings): JsonObject[] {
  const { namespace, replicas } = settings;
  const labels = agentLabels();
  const level = "pod-security.kubernetes.io";
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, [`${level}/enforce`]: "restricted" } },
    },
    ...agentAccess(settings),
    ...(settings.token === undefined
      ? []
      : [
          {
            apiVersion: "v1",
            kind: "Secret",
            type: "Opaque",
            metadata: { name: hubSecretName, namespace, labels },
            stringData: { token: settings.token, ...(settings.ca === undefined ? {} : { "ca.crt": settings.ca }) },
          },
        ]),
    agentNetworkPolicy(settings),
    ...(replicas < 2
      ? []
      : [
          {
            apiVersion: "policy/v1",
            kind: "PodDisruptionBudget",
            metadata: { name: agentName, namespace, labels },
            spec: { maxUnavailable: 1, selector: { matchLabels: agentPodLabels } },
          },
        ]),
    agentDeployment(settings),
  ];
}
