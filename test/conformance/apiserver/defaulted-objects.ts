import type { JsonObject } from "../../../codec/json-value.ts";

/** An object that leaves to the server what the server can fill in. */
export interface DefaultedObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: JsonObject;
}

const container = {
  name: "c",
  image: "nginx",
  resources: { limits: { cpu: "1000m", memory: "1024Mi" } },
  ports: [{ containerPort: 80 }],
  livenessProbe: { httpGet: { port: 80 } },
  readinessProbe: { grpc: { port: 1 } },
  startupProbe: { exec: { command: ["a"] }, initialDelaySeconds: 0 },
  env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
  lifecycle: { preStop: { httpGet: { port: "x" } } },
};
const volumes = [
  { name: "a", secret: { secretName: "s" } },
  { name: "b", configMap: { name: "c" } },
  { name: "d" },
  { name: "e", hostPath: { path: "/x" } },
  {
    name: "f",
    projected: {
      sources: [
        { serviceAccountToken: { path: "t" } },
        { downwardAPI: { items: [{ path: "p", fieldRef: { fieldPath: "metadata.name" } }] } },
      ],
    },
  },
  { name: "g", emptyDir: { sizeLimit: "1024Mi" } },
];
const podSpec = {
  serviceAccountName: "default",
  containers: [container],
  initContainers: [{ name: "i", image: "a/b:1.0" }],
  volumes,
};
const template = { metadata: { labels: { a: "b" } }, spec: podSpec };
const selector = { matchLabels: { a: "b" } };
const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1.5Gi" } } };
const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "x" };
const rbac = "rbac.authorization.k8s.io/v1";
const role = { kind: "ClusterRole", name: "view" };
const webhook = { name: "a.b.c", sideEffects: "None", admissionReviewVersions: ["v1"] };
const service = { name: "x", namespace: "y" };
const versions = [
  {
    name: "v1",
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: "object", properties: { a: { type: "string", default: "x" } } } },
  },
];

/** Objects of which the server sets nothing but defaults: no cluster IPs, finalizers or tolerations. */
export const defaultedObjects: readonly DefaultedObject[] = [
  { apiVersion: "v1", kind: "PodTemplate", template },
  {
    apiVersion: "v1",
    kind: "PodTemplate",
    template: { spec: { ...podSpec, hostNetwork: true, restartPolicy: "Never" } },
  },
  { apiVersion: "v1", kind: "ReplicationController", spec: { template } },
  { apiVersion: "apps/v1", kind: "Deployment", spec: { selector, template } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { selector, template, strategy: { type: "Recreate" }, paused: true, minReadySeconds: 0 },
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    spec: { selector, template, serviceName: "x", volumeClaimTemplates: [{ metadata: { name: "v" }, spec: claim }] },
  },
  { apiVersion: "apps/v1", kind: "StatefulSet", spec: { selector, template, updateStrategy: { type: "OnDelete" } } },
  { apiVersion: "apps/v1", kind: "ReplicaSet", spec: { selector, template } },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    spec: {
      schedule: "* * * * *",
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "OnFailure" } } } },
    },
  },
  { apiVersion: "v1", kind: "Service", spec: { type: "ExternalName", externalName: "a.b", ports: [{ port: 80 }] } },
  { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "v1", kind: "Secret", data: { a: "Yg==" } },
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "v1", kind: "Endpoints", subsets: [{ addresses: [{ ip: "1.2.3.4" }], ports: [{ port: 1 }] }] },
  {
    apiVersion: "v1",
    kind: "LimitRange",
    spec: { limits: [{ type: "Container", max: { cpu: "2" }, min: { cpu: "100m" } }] },
  },
  { apiVersion: "v1", kind: "ResourceQuota", spec: { hard: { pods: "10", "requests.cpu": "1.0001" } } },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    spec: {
      rules: [
        {
          host: "a.b",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "x", port: { number: 80 } } } }],
          },
        },
      ],
    },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }], egress: [{}] },
  },
  { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec: { podSelector: {} } },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    spec: { controller: "a.b/c", parameters: { kind: "A", name: "b" } },
  },
  { apiVersion: rbac, kind: "Role", rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
  { apiVersion: rbac, kind: "ClusterRole" },
  {
    apiVersion: rbac,
    kind: "RoleBinding",
    roleRef: role,
    subjects: [
      { kind: "User", name: "u" },
      { kind: "ServiceAccount", name: "s", namespace: "d" },
    ],
  },
  { apiVersion: rbac, kind: "ClusterRoleBinding", roleRef: role },
  {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    spec: { maxReplicas: 3, scaleTargetRef, behavior: { scaleUp: { selectPolicy: "Min" } } },
  },
  {
    apiVersion: "autoscaling/v1",
    kind: "HorizontalPodAutoscaler",
    spec: { maxReplicas: 3, scaleTargetRef, targetCPUUtilizationPercentage: 50 },
  },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget", spec: { minAvailable: 1, selector } },
  { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", value: 0 },
  { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", provisioner: "a.b/c" },
  { apiVersion: "storage.k8s.io/v1", kind: "CSIDriver", spec: {} },
  {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    spec: { holderIdentity: "x", renewTime: "2026-01-01T00:00:00.000000Z" },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    addressType: "IPv4",
    endpoints: [{ addresses: ["1.2.3.4"] }],
    ports: [{ port: 80 }],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    webhooks: [
      {
        ...webhook,
        clientConfig: { service },
        rules: [{ apiGroups: ["x.y"], apiVersions: ["v1"], resources: ["a"], operations: ["CREATE"] }],
      },
    ],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    webhooks: [{ ...webhook, clientConfig: { url: "https://a.b" } }],
  },
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "foos.a.io" },
    spec: { group: "a.io", scope: "Namespaced", names: { plural: "foos", kind: "Foo" }, versions },
  },
  {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1.b.io" },
    spec: {
      group: "b.io",
      version: "v1",
      groupPriorityMinimum: 1,
      versionPriority: 1,
      service,
      insecureSkipTLSVerify: true,
    },
  },
  { apiVersion: "node.k8s.io/v1", kind: "RuntimeClass", handler: "x" },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1",
    kind: "PriorityLevelConfiguration",
    spec: { type: "Limited", limited: { limitResponse: { type: "Reject" } } },
  },
];
