import type { JsonObject } from "../../../codec/json-value.ts";

/** An object to create and where. */
export interface TableObject {
  readonly path: string;
  readonly body: JsonObject;
}

const labels = { app: "web", tier: "front" };
const template = {
  metadata: { labels },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: "web", image: "nginx:1" },
      { name: "side", image: "busybox:2" },
    ],
  },
};
const selector = {
  matchLabels: { app: "web" },
  matchExpressions: [{ key: "tier", operator: "In", values: ["front", "back"] }],
};
const jobTemplate = { spec: { ...template.spec, restartPolicy: "Never" } };

function named(name: string, fields: JsonObject): JsonObject {
  return { metadata: { name }, ...fields };
}

/** Returns objects of many kinds whose tables have something to show. */
export function tableObjects(namespace: string): readonly TableObject[] {
  const unique = namespace;
  const core = (plural: string): string => `/api/v1/namespaces/${namespace}/${plural}`;
  const of = (group: string, plural: string): string => `/apis/${group}/namespaces/${namespace}/${plural}`;
  return [
    { path: core("configmaps"), body: named("map", { data: { a: "1" }, binaryData: { b: "Yg==" } }) },
    { path: core("secrets"), body: named("secret", { stringData: { a: "1" } }) },
    { path: core("podtemplates"), body: named("template", { template }) },
    {
      path: core("resourcequotas"),
      body: named("quota", { spec: { scopes: ["Terminating"], hard: { pods: "30", "limits.cpu": "100" } } }),
    },
    {
      path: core("limitranges"),
      body: named("range", { spec: { limits: [{ type: "PersistentVolumeClaim", max: { storage: "9Gi" } }] } }),
    },
    { path: core("services"), body: named("plain", { spec: { selector: labels, ports: [{ port: 80 }] } }) },
    {
      path: core("services"),
      body: named("balanced", {
        spec: {
          type: "LoadBalancer",
          externalIPs: ["1.2.3.4"],
          ports: [
            { name: "a", port: 80 },
            { name: "b", port: 81, protocol: "UDP" },
          ],
        },
      }),
    },
    { path: core("services"), body: named("outside", { spec: { type: "ExternalName", externalName: "example.com" } }) },
    {
      path: core("endpoints"),
      body: named("many", {
        subsets: [
          {
            addresses: ["10.1.1.1", "10.1.1.2"].map((ip) => ({ ip })),
            ports: [
              { name: "a", port: 1 },
              { name: "b", port: 2 },
            ],
          },
        ],
      }),
    },
    {
      path: core("persistentvolumeclaims"),
      body: named("claim", { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }),
    },
    {
      path: core("events"),
      body: named("event", {
        involvedObject: { kind: "Pod", name: "x", namespace },
        reason: "Because",
        message: " text ",
        type: "Warning",
        source: { component: "c", host: "h" },
        firstTimestamp: "2026-01-01T00:00:00Z",
        count: 3,
      }),
    },
    {
      path: core("replicationcontrollers"),
      body: named("controller", {
        spec: { replicas: 0, template: { ...template, metadata: { labels: { old: "style" } } } },
      }),
    },
    { path: of("apps/v1", "deployments"), body: named("web", { spec: { replicas: 2, selector, template } }) },
    {
      path: of("apps/v1", "statefulsets"),
      body: named("state", { spec: { selector, template, serviceName: "plain" } }),
    },
    {
      path: of("apps/v1", "daemonsets"),
      body: named("daemon", {
        spec: { selector, template: { ...template, spec: { ...template.spec, nodeSelector: { a: "b" } } } },
      }),
    },
    { path: of("batch/v1", "jobs"), body: named("job", { spec: { template: jobTemplate } }) },
    {
      path: of("batch/v1", "jobs"),
      body: named("waiting", { spec: { parallelism: 3, suspend: true, template: jobTemplate } }),
    },
    {
      path: of("batch/v1", "cronjobs"),
      body: named("cron", {
        spec: { schedule: "0 0 1 1 *", timeZone: "Etc/UTC", jobTemplate: { spec: { template: jobTemplate } } },
      }),
    },
    {
      path: of("networking.k8s.io/v1", "ingresses"),
      body: named("ingress", {
        spec: {
          ingressClassName: "c",
          tls: [{ hosts: ["a.b"] }],
          rules: ["a.b", "c.d", "e.f", "g.h"].map((host) => ({ host })),
        },
      }),
    },
    { path: of("networking.k8s.io/v1", "networkpolicies"), body: named("policy", { spec: { podSelector: selector } }) },
    {
      path: of("policy/v1", "poddisruptionbudgets"),
      body: named("budget", { spec: { maxUnavailable: "50%", selector } }),
    },
    {
      path: of("autoscaling/v2", "horizontalpodautoscalers"),
      body: named("scaler", {
        spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "none" } },
      }),
    },
    {
      path: of("rbac.authorization.k8s.io/v1", "rolebindings"),
      body: named("binding", {
        roleRef: { kind: "ClusterRole", name: "view", apiGroup: "rbac.authorization.k8s.io" },
        subjects: [
          { kind: "User", name: "u1", apiGroup: "rbac.authorization.k8s.io" },
          { kind: "Group", name: "g", apiGroup: "rbac.authorization.k8s.io" },
          { kind: "ServiceAccount", name: "default", namespace },
        ],
      }),
    },
    { path: of("rbac.authorization.k8s.io/v1", "roles"), body: named("role", { rules: [] }) },
    { path: of("coordination.k8s.io/v1", "leases"), body: named("lease", { spec: { holderIdentity: "me" } }) },
    {
      path: of("discovery.k8s.io/v1", "endpointslices"),
      body: named("slice", {
        addressType: "IPv4",
        ports: [{ name: "a", port: 80 }],
        endpoints: [{ addresses: ["10.0.0.1", "10.0.0.2"] }, { addresses: ["10.0.0.3", "10.0.0.4"] }],
      }),
    },
    { path: "/apis/storage.k8s.io/v1/storageclasses", body: named(unique, { provisioner: "example.com/x" }) },
    {
      path: "/apis/storage.k8s.io/v1/csidrivers",
      body: named(`${unique}.example.com`, { spec: { tokenRequests: [{ audience: "a" }] } }),
    },
    { path: "/apis/scheduling.k8s.io/v1/priorityclasses", body: named(unique, { value: 7 }) },
    { path: "/apis/node.k8s.io/v1/runtimeclasses", body: named(unique, { handler: "h" }) },
    {
      path: "/apis/networking.k8s.io/v1/ingressclasses",
      body: named(unique, { spec: { controller: "a.b/c", parameters: { apiGroup: "g.h", kind: "K", name: "n" } } }),
    },
    {
      path: "/api/v1/persistentvolumes",
      body: named(unique, {
        spec: {
          capacity: { storage: "1Gi" },
          accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
          hostPath: { path: "/x" },
          claimRef: { namespace: "a", name: "b" },
        },
      }),
    },
  ];
}
