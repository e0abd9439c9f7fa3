import type { JsonObject } from "../../codec/json-value.ts";
import type { QuestionKind } from "../../shared/protocol/questions.ts";

/** How much an agent may do in its cluster; `docs/how-to/install-an-agent.md` lists both. */
export const agentRoles = ["narrow", "wide"] as const;
export type AgentRoles = (typeof agentRoles)[number];

/** What an agent's manifest is made from; everything has been checked. */
export interface AgentSettings {
  readonly hub: URL;
  /** Undefined: the Secret is there already, and is left out. */
  readonly token: string | undefined;
  /** PEM of the CA that the hub's certificate comes from. */
  readonly ca?: string;
  /** SHA-256 of that CA, instead of the PEM. */
  readonly caPin?: string;
  readonly clusterName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly image: string;
  readonly roles: AgentRoles;
  readonly replicas: number;
  readonly proxy?: URL;
  readonly noProxy?: string;
  /** Questions of the hub's users that are answered. */
  readonly answers: ReadonlySet<QuestionKind>;
  /** Nothing that a container logged is told, in status either. */
  readonly hideLogs: boolean;
}

/** Name of the service account, the Deployment and what belongs to them. */
export const agentName = "drover-agent";

/** Secret with the registration token and the hub's CA; the agent's own identity is in another one. */
export const hubSecretName = "drover-agent-hub";

/** Port of health checks and metrics. */
export const agentHealthPort = 8080;

/** Labels by which Services, policies and people find the agent's pods. */
export const agentPodLabels = { "app.kubernetes.io/name": agentName };

/** Returns the labels of everything in the manifest. */
export function agentLabels(): JsonObject {
  return { ...agentPodLabels, "app.kubernetes.io/part-of": "drover" };
}
