import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { ClusterClient } from "../cluster-client.ts";

/** Creates what every new cluster has: namespaces, the usual roles, priority classes, a storage class and two nodes. */
export async function seedCluster(client: ClusterClient, nodeNames: readonly string[]): Promise<void> {
  for (const name of ["default", "kube-node-lease", "kube-public", "kube-system"]) {
    await client.create("/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  for (const role of defaultRoles) await client.create(`${rbacGroup}/clusterroles`, role);
  for (const binding of defaultBindings) await client.create(`${rbacGroup}/clusterrolebindings`, binding);
  for (const [name, value] of priorities)
    await client.create("scheduling.k8s.io/priorityclasses", priorityClass(name, value));
  await client.create("storage.k8s.io/storageclasses", defaultStorageClass);
  for (const name of nodeNames) await createNode(client, name);
  await client.create("/services", kubernetesService);
}

const rbacGroup = "rbac.authorization.k8s.io";
const rbacVersion = `${rbacGroup}/v1`;
const bootstrapLabels = { "kubernetes.io/bootstrapping": "rbac-defaults" };

const priorities: readonly (readonly [string, number])[] = [
  ["system-cluster-critical", 2_000_000_000],
  ["system-node-critical", 2_000_001_000],
];

const readVerbs = ["get", "list", "watch"];
const allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const userGroups = ["", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "discovery.k8s.io"];

/** What everybody who may look may see: not Secrets. */
const publicCoreKinds = [
  "configmaps",
  "endpoints",
  "events",
  "limitranges",
  "namespaces",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "resourcequotas",
  "serviceaccounts",
  "services",
];

interface RoleRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

function clusterRole(name: string, ...rules: readonly RoleRule[]): ApiObject {
  return {
    apiVersion: rbacVersion,
    kind: "ClusterRole",
    metadata: { name, labels: bootstrapLabels },
    rules: rules.map((rule) => ({ ...rule })),
  };
}

const discoveryPaths = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
const healthPaths = ["/healthz", "/livez", "/readyz", "/version", "/version/"];

const defaultRoles: readonly ApiObject[] = [
  clusterRole(
    "cluster-admin",
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
    { verbs: ["*"], nonResourceURLs: ["*"] },
  ),
  clusterRole("admin", { verbs: allVerbs, apiGroups: [...userGroups, rbacGroup], resources: ["*"] }),
  clusterRole("edit", { verbs: allVerbs, apiGroups: userGroups, resources: ["*"] }),
  clusterRole(
    "view",
    { verbs: readVerbs, apiGroups: [""], resources: publicCoreKinds },
    { verbs: readVerbs, apiGroups: userGroups.filter((group) => group !== ""), resources: ["*"] },
  ),
  clusterRole("system:discovery", { verbs: ["get"], nonResourceURLs: [...discoveryPaths, ...healthPaths] }),
  clusterRole("system:public-info-viewer", { verbs: ["get"], nonResourceURLs: healthPaths }),
  clusterRole("system:basic-user", {
    verbs: ["create"],
    apiGroups: ["authorization.k8s.io", "authentication.k8s.io"],
    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"],
  }),
];

function groupBinding(name: string, ...groups: readonly string[]): ApiObject {
  return {
    apiVersion: rbacVersion,
    kind: "ClusterRoleBinding",
    metadata: { name, labels: bootstrapLabels },
    roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name },
    subjects: groups.map((group) => ({ apiGroup: rbacGroup, kind: "Group", name: group })),
  };
}

const defaultBindings: readonly ApiObject[] = [
  groupBinding("cluster-admin", "system:masters"),
  groupBinding("system:discovery", "system:authenticated"),
  groupBinding("system:basic-user", "system:authenticated"),
  groupBinding("system:public-info-viewer", "system:authenticated", "system:unauthenticated"),
];

function priorityClass(name: string, value: number): ApiObject {
  return {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value,
    description: "Used for system critical pods.",
  };
}

const defaultStorageClass: ApiObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "simulator.invalid/volume",
};

const kubernetesService: ApiObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
  spec: { clusterIP: "10.96.0.1", ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }] },
};

async function createNode(client: ClusterClient, name: string): Promise<void> {
  const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" };
  await client.create("/nodes", { apiVersion: "v1", kind: "Node", metadata: { name, labels } });
  const capacity = { cpu: "32", memory: "256Gi", pods: "110" };
  const address = name.endsWith("2") ? "10.0.0.2" : "10.0.0.1";
  await client.changeStatus({ resource: "/nodes", namespace: "", name }, ({ metadata }) => ({
    capacity,
    allocatable: capacity,
    addresses: [
      { type: "InternalIP", address },
      { type: "Hostname", address: name },
    ],
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "simulated node is ready",
        lastHeartbeatTime: metadata.creationTimestamp ?? null,
        lastTransitionTime: metadata.creationTimestamp ?? null,
      },
    ],
    nodeInfo: { kubeletVersion: "v1.36.3", operatingSystem: "linux", architecture: "amd64" },
  }));
}
