import type { JsonObject } from "../../codec/json-value.ts";
import { agentLabels, agentName, type AgentSettings } from "./agent-settings.ts";

const read = ["get", "list", "watch"];
const all = [...read, "create", "update", "patch", "delete"];
const rbac = "rbac.authorization.k8s.io";

function rule(group: string, resources: readonly string[], verbs: readonly string[]): JsonObject {
  return { apiGroups: [group], resources: [...resources], verbs: [...verbs] };
}

/** What the agent needs in its own namespace whatever the bundles hold: Secrets, Lease, service accounts, rules for health. */
const ownRules: readonly JsonObject[] = [
  rule("", ["secrets"], all),
  rule("", ["configmaps"], read),
  rule("coordination.k8s.io", ["leases"], ["get", "create", "update"]),
  rule("", ["serviceaccounts"], ["get", "impersonate"]),
  // Held removals, and rules for health that cannot be read, are told in Events.
  rule("events.k8s.io", ["events"], ["create"]),
];

/** What `narrow` allows in the whole cluster: the kinds of ordinary applications, and namespaces for them. */
const narrowRules: readonly JsonObject[] = [
  rule("", ["namespaces"], [...read, "create", "patch"]),
  rule(
    "",
    [
      "configmaps",
      "secrets",
      "services",
      "serviceaccounts",
      "persistentvolumeclaims",
      "pods",
      "replicationcontrollers",
    ],
    all,
  ),
  rule("apps", ["deployments", "statefulsets", "daemonsets", "replicasets"], all),
  rule("batch", ["jobs", "cronjobs"], all),
  rule("networking.k8s.io", ["ingresses", "networkpolicies"], all),
  rule("policy", ["poddisruptionbudgets"], all),
  rule("autoscaling", ["horizontalpodautoscalers"], all),
  rule("discovery.k8s.io", ["endpointslices"], read),
  rule("", ["endpoints", "events"], read),
  rule("apiextensions.k8s.io", ["customresourcedefinitions"], read),
  rule("apiregistration.k8s.io", ["apiservices"], read),
];

/** Why something is not ready is found in the last lines that its pods logged: for status, and for who asks. */
const logRule = rule("", ["pods/log"], ["get"]);

/** Returns the service account, and the roles that are bound to it where whoever applies them may do that. */
export function agentAccess({ namespace, roles, answers, hideLogs, token }: AgentSettings): JsonObject[] {
  // Cluster-wide names carry the namespace, so that two agents on trial in one cluster do not share rights.
  const clusterWide = `${namespace}-agent`;
  const labels = agentLabels();
  const subjects = [{ kind: "ServiceAccount", name: agentName, namespace }];
  const own = { name: agentName, namespace, labels };
  const clusterRole = roles === "wide" ? "cluster-admin" : clusterWide;
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: own, automountServiceAccountToken: false };
  // An agent that updates itself cannot give itself rights.
  if (token === undefined && roles === "narrow") return [account];
  return [
    account,
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: own, rules: [...ownRules] },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: own,
      roleRef: { apiGroup: rbac, kind: "Role", name: agentName },
      subjects,
    },
    ...(roles === "wide"
      ? []
      : [
          {
            apiVersion: `${rbac}/v1`,
            kind: "ClusterRole",
            metadata: { name: clusterWide, labels },
            rules: [...narrowRules, ...(hideLogs && !answers.has("logs") ? [] : [logRule])],
          },
        ]),
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      // A binding's role cannot be changed: each choice has one of its own.
      metadata: { name: roles === "wide" ? `${clusterWide}-wide` : clusterWide, labels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: clusterRole },
      subjects,
    },
  ];
}
