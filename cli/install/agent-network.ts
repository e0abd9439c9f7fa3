import type { JsonObject } from "../../codec/json-value.ts";
import { agentHealthPort, agentLabels, agentName, agentPodLabels, type AgentSettings } from "./agent-settings.ts";

/** Ports of API servers: of the Service, and of what stands behind it, since policies see packets after its translation. */
const apiServerPorts = [443, 6443];

/**
 * Returns the policy of the agent's pods: out to name servers, the API server, and the hub or the proxy before it; in
 * only to health checks and metrics. Destinations are ports, since policies know no host names.
 */
export function agentNetworkPolicy(settings: AgentSettings): JsonObject {
  const ports = [...new Set([...apiServerPorts, portOf(settings.proxy ?? settings.hub)])];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: agentName, namespace: settings.namespace, labels: agentLabels() },
    spec: {
      podSelector: { matchLabels: agentPodLabels },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ protocol: "TCP", port: agentHealthPort }] }],
      egress: [
        {
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        { ports: ports.map((port) => ({ protocol: "TCP", port })) },
      ],
    },
  };
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}
