import type { JsonObject } from "../../codec/json-value.ts";
import { answeredByDefault, questionKinds } from "../../shared/protocol/questions.ts";
import { agentHealthPort, agentLabels, agentName, agentPodLabels, hubSecretName } from "./agent-settings.ts";
import type { AgentSettings } from "./agent-settings.ts";

const dataDir = "/var/lib/drover-agent";
const hubDir = "/etc/drover";

/** User `node` of the image; the restricted Pod Security level wants a number that is not 0. */
const userId = 1000;

/** Returns the Deployment: it needs no disk that lasts, and passes the restricted Pod Security level. */
export function agentDeployment(settings: AgentSettings): JsonObject {
  const { namespace, replicas } = settings;
  const metadata = { name: agentName, namespace, labels: agentLabels() };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: agentPodLabels },
      // An old agent goes only once a new one is in order: a version that does not start takes none away.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: agentLabels() }, spec: podSpec(settings) },
    },
  };
}

function podSpec(settings: AgentSettings): JsonObject {
  return {
    serviceAccountName: agentName,
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: userId,
      runAsGroup: userId,
      fsGroup: userId,
      seccompProfile: { type: "RuntimeDefault" },
    },
    // Two agents on one node fall together; where there is one node only, that must do.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: agentPodLabels },
      },
    ],
    containers: [container(settings)],
    volumes: [
      { name: "data", emptyDir: { sizeLimit: "1Gi" } },
      { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
      ...(settings.ca === undefined
        ? []
        : [{ name: "hub", secret: { secretName: hubSecretName, items: [{ key: "ca.crt", path: "ca.crt" }] } }]),
    ],
  };
}

function container(settings: AgentSettings): JsonObject {
  return {
    name: "agent",
    image: settings.image,
    env: environment(settings),
    ports: [{ name: "health", containerPort: agentHealthPort }],
    // Alive is who answers; a cluster or hub that is away is no reason to start anew.
    startupProbe: probe("/livez", { periodSeconds: 2, failureThreshold: 30 }),
    livenessProbe: probe("/livez", { periodSeconds: 20, failureThreshold: 3, timeoutSeconds: 5 }),
    readinessProbe: probe("/healthz", { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 }),
    resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "512Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "data", mountPath: dataDir },
      { name: "tmp", mountPath: "/tmp" },
      ...(settings.ca === undefined ? [] : [{ name: "hub", mountPath: hubDir, readOnly: true }]),
    ],
  };
}

function probe(path: string, timing: Readonly<Record<string, number>>): JsonObject {
  return { httpGet: { path, port: "health" }, ...timing };
}

/** Only what differs from the agent's own defaults is set. */
function answerSwitches({ answers }: AgentSettings): Record<string, string> {
  const differing = questionKinds.filter((kind) => answers.has(kind) !== answeredByDefault[kind]);
  return Object.fromEntries(differing.map((kind) => [`AGENT_ANSWER_${kind.toUpperCase()}`, String(answers.has(kind))]));
}

function environment(settings: AgentSettings): JsonObject[] {
  const labels = Object.entries(settings.labels).map(([key, value]) => `${key}=${value}`);
  const values: Readonly<Record<string, string | undefined>> = {
    AGENT_HUB: settings.hub.href.replace(/\/$/u, ""),
    AGENT_CA_FILE: settings.ca === undefined ? undefined : `${hubDir}/ca.crt`,
    AGENT_CA_PIN: settings.caPin,
    AGENT_CLUSTER_NAME: settings.clusterName,
    AGENT_LABEL: labels.length === 0 ? undefined : labels.join(","),
    AGENT_NAMESPACE: settings.namespace,
    AGENT_DATA_DIR: dataDir,
    AGENT_HEALTH_PORT: String(agentHealthPort),
    AGENT_LEADER_ELECT: "true",
    [settings.hub.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY"]: settings.proxy?.href,
    NO_PROXY: settings.noProxy,
    AGENT_SHOW_LOGS: settings.hideLogs ? "false" : undefined,
    ...answerSwitches(settings),
  };
  const set = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  // Once the cluster is registered the token may be taken out of the Secret.
  const token = { secretKeyRef: { name: hubSecretName, key: "token", optional: true } };
  return [
    ...set,
    { name: "AGENT_TOKEN", valueFrom: token },
    { name: "AGENT_LEADER_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
  ];
}
