import type { Step } from "./server-pair.ts";

const deployments = "/apis/apps/v1/namespaces/NS/deployments";
const strategic = "application/strategic-merge-patch+json";
const apply = "application/apply-patch+yaml";

const template = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "web", image: "nginx:1", ports: [{ containerPort: 80 }] }] },
};

function deployment(spec: object): object {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec };
}

// No replicas: what controllers do meanwhile is theirs.
const spec = { replicas: 0, paused: true, selector: { matchLabels: { app: "web" } }, template };

/** Kinds with defaults, strategies and validation of their own. */
export const kindSteps: readonly Step[] = [
  { name: "a deployment is tried", path: `${deployments}?dryRun=All`, method: "POST", body: deployment(spec) },
  { name: "a deployment has no template", path: deployments, method: "POST", body: deployment({}) },
  {
    name: "a deployment has words for replicas",
    path: deployments,
    method: "POST",
    body: deployment({ replicas: "x" }),
  },
  {
    name: "a deployment's selector does not match",
    path: deployments,
    method: "POST",
    body: deployment({ ...spec, selector: { matchLabels: { app: "other" } } }),
  },
  {
    name: "a deployment is applied for trial",
    path: `${deployments}/web?dryRun=All&fieldManager=one`,
    method: "PATCH",
    contentType: apply,
    body: deployment(spec),
  },
  {
    name: "a service is tried",
    path: "/api/v1/namespaces/NS/services?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    },
    ignore: ["spec.clusterIP", "spec.clusterIPs"],
  },
  {
    name: "a service name is not allowed",
    path: "/api/v1/namespaces/NS/services",
    method: "POST",
    body: { apiVersion: "v1", kind: "Service", metadata: { name: "web.1" }, spec: { ports: [{ port: 80 }] } },
  },
  {
    name: "an apply brings an unknown field",
    path: `${deployments}/web?dryRun=All&fieldManager=one`,
    method: "PATCH",
    contentType: apply,
    body: deployment({ ...spec, foo: 1 }),
  },
  {
    name: "a secret is created from text",
    path: "/api/v1/namespaces/NS/secrets",
    method: "POST",
    body: { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "b" } },
  },
  {
    name: "a secret's type is changed",
    path: "/api/v1/namespaces/NS/secrets/s",
    method: "PATCH",
    contentType: strategic,
    body: { type: "other" },
  },
  {
    name: "a strategic patch changes a secret",
    path: "/api/v1/namespaces/NS/secrets/s",
    method: "PATCH",
    contentType: strategic,
    body: { data: { c: "ZA==" } },
  },
  {
    name: "a role is created",
    path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
    method: "POST",
    body: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "r" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
  },
  {
    name: "a binding is created",
    path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
    method: "POST",
    body: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ kind: "User", name: "jane" }],
    },
  },
  {
    name: "a binding's role is changed",
    path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings/b",
    method: "PATCH",
    contentType: strategic,
    body: { roleRef: { name: "other" } },
  },
  {
    name: "a cron job is tried",
    path: "/apis/batch/v1/namespaces/NS/cronjobs?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "c" },
      spec: {
        schedule: "* * * * *",
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "c:1" }] } } },
        },
      },
    },
  },
  {
    name: "an ingress is tried",
    path: "/apis/networking.k8s.io/v1/namespaces/NS/ingresses?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "i" },
      spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
    },
  },
  {
    name: "a network policy is tried",
    path: "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "n" },
      spec: { podSelector: {} },
    },
  },
  {
    name: "a disruption budget is tried",
    path: "/apis/policy/v1/namespaces/NS/poddisruptionbudgets?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "p" },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
    },
  },
  {
    name: "a stateful set is tried",
    path: "/apis/apps/v1/namespaces/NS/statefulsets?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "s" },
      spec: { serviceName: "s", selector: { matchLabels: { app: "web" } }, template },
    },
  },
  {
    name: "a daemon set is tried",
    path: "/apis/apps/v1/namespaces/NS/daemonsets?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "d" },
      spec: { selector: { matchLabels: { app: "web" } }, template },
    },
  },
  {
    name: "an autoscaler is tried",
    path: "/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "h" },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
    },
  },
  { name: "a namespace that must stay is deleted", path: "/api/v1/namespaces/default", method: "DELETE" },
  {
    name: "a volume claim is tried",
    path: "/api/v1/namespaces/NS/persistentvolumeclaims?dryRun=All",
    method: "POST",
    body: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "p" },
      spec: { storageClassName: "", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  },
  {
    name: "access of oneself is reviewed",
    path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    method: "POST",
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { namespace: "NS", verb: "get", resource: "pods" } },
    },
  },
];
