const labels = { app: "web" };
const pod = (spec: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  metadata: { labels, creationTimestamp: null },
  spec: { containers: [{ name: "app", image: "nginx:1", resources: {} }], ...spec },
});
const workload = { selector: { matchLabels: labels }, template: pod() };

/** Container and volumes with everything that servers default or spell in another way. */
const elaborate = pod({
  hostNetwork: false,
  priorityClassName: "",
  nodeSelector: {},
  tolerations: [],
  securityContext: {},
  initContainers: [{ name: "init", image: "busybox", command: ["true"] }],
  containers: [
    {
      name: "app",
      image: "nginx:1",
      ports: [
        { name: "http", containerPort: 80 },
        { name: "dns", containerPort: 53, protocol: "UDP" },
      ],
      env: [
        { name: "EMPTY", value: "" },
        { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ],
      resources: { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: 0.5, memory: "1e3" } },
      livenessProbe: { httpGet: { path: "/", port: 80 } },
      readinessProbe: { tcpSocket: { port: "http" }, initialDelaySeconds: 0 },
      volumeMounts: [{ name: "data", mountPath: "/data", subPath: "" }],
    },
  ],
  volumes: [
    { name: "data", emptyDir: { sizeLimit: "0.5Gi" } },
    { name: "all", projected: { sources: [{ configMap: { name: "settings", optional: true } }] } },
  ],
});

/** Returns objects in which servers, controllers and webhooks fill in or rewrite something; `suffix` makes cluster-wide names unique. */
export function trickyObjects(suffix: string): Record<string, unknown>[] {
  const rbac = "rbac.authorization.k8s.io";
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", creationTimestamp: null },
      spec: { strategy: {}, selector: { matchLabels: labels }, template: elaborate },
      status: {},
    },
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "scaled" }, spec: { replicas: 2, ...workload } },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "scaled" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "scaled" },
        minReplicas: 3,
        maxReplicas: 9,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        serviceName: "db",
        ...workload,
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: `none-${suffix}`,
              resources: { requests: { storage: "1024Mi" } },
            },
          },
        ],
        replicas: 0,
      },
    },
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "node" }, spec: workload },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "once" },
      spec: { template: pod({ restartPolicy: "Never" }) },
    },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "nightly" },
      spec: {
        schedule: "0 3 * * *",
        jobTemplate: { metadata: { creationTimestamp: null }, spec: { template: pod({ restartPolicy: "OnFailure" }) } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "alone" },
      spec: { containers: [{ name: "app", image: "nginx" }] },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: {
        selector: labels,
        ports: [{ port: 80 }, { name: "s", port: 443, targetPort: "http" }].map((port, index) => ({
          name: `p${index}`,
          ...port,
        })),
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "outside" },
      spec: { type: "NodePort", selector: labels, ports: [{ port: 80, nodePort: 0 }] },
    },
    { apiVersion: "v1", kind: "Service", metadata: { name: "db" }, spec: { clusterIP: "None", selector: labels } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "other" },
      spec: { type: "ExternalName", externalName: "example.com" },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "unnumbered" },
      spec: { clusterIP: "", selector: labels, ports: [{ port: 80 }] },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `volume-${suffix}` },
      spec: {
        capacity: { storage: "2048Mi" },
        accessModes: ["ReadWriteOnce"],
        hostPath: { path: "/tmp" },
        storageClassName: `bound-${suffix}`,
      },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: `bound-${suffix}`,
        resources: { requests: { storage: "1024Mi" } },
      },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" }, imagePullSecrets: [], secrets: [] },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "token", annotations: { "kubernetes.io/service-account.name": "web" } },
      type: "kubernetes.io/service-account-token",
    },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "text" }, stringData: { a: "1", b: "" } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "settings", annotations: { empty: "" } },
      data: { "a.txt": "x\n" },
      binaryData: { b: "AAE=" },
    },
    {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "limits" },
      spec: { limits: [{ type: "Container", default: { cpu: "2000m", memory: "1024Mi" } }] },
    },
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "quota" },
      spec: { hard: { pods: "1000", "requests.cpu": "100000m" } },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "web" },
      spec: {
        rules: [
          {
            host: "a.example.com",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "web" },
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "web" },
      spec: { minAvailable: "50%", selector: { matchLabels: labels } },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata: { name: "web" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name: "web" },
      roleRef: { apiGroup: rbac, kind: "Role", name: "web" },
      subjects: [
        { kind: "ServiceAccount", name: "web", namespace: suffix },
        { kind: "User", name: "ann" },
      ],
    },
  ];
}
