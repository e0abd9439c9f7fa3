import type { Step } from "./server-pair.ts";

const merge = "application/merge-patch+json";
const json = "application/json-patch+json";
const strategic = "application/strategic-merge-patch+json";
const apply = "application/apply-patch+yaml";
const ingresses = "/apis/networking.k8s.io/v1/namespaces/NS/ingresses";
const deployments = "/apis/apps/v1/namespaces/NS/deployments";
const configMaps = "/api/v1/namespaces/NS/configmaps";
const namespaces = "/api/v1/namespaces";

const ingress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "i" },
  spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
};

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 0,
    paused: true,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "web:1", env: [{ name: "A", value: "1" }] }] },
    },
  },
};

// Controllers write status of the real one when they come to it, and count that in resourceVersion and managedFields.
const ofControllers = [
  "status",
  "metadata.managedFields",
  "metadata.annotations",
  "items[].status",
  "items[].metadata.managedFields",
  "items[].metadata.annotations",
];

/** Subresources, names made by the server, patches of nested lists, and a namespace on its way out. */
export const subresourceSteps: readonly Step[] = [
  {
    name: "an ingress is created with a status",
    path: ingresses,
    method: "POST",
    body: { ...ingress, status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } },
  },
  {
    name: "its status is patched",
    path: `${ingresses}/i/status`,
    method: "PATCH",
    contentType: merge,
    body: { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } },
  },
  {
    name: "its status is patched together with its specification",
    path: `${ingresses}/i/status`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { ingressClassName: "x" }, status: { loadBalancer: {} } },
  },
  {
    name: "its status is applied",
    path: `${ingresses}/i/status?fieldManager=lb`,
    method: "PATCH",
    contentType: apply,
    body: {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "i" },
      status: { loadBalancer: { ingress: [{ hostname: "a.example.com" }] } },
    },
  },
  {
    name: "the status of one that does not exist is patched",
    path: `${ingresses}/none/status`,
    method: "PATCH",
    contentType: merge,
    body: { status: {} },
  },
  {
    name: "its main part is replaced",
    path: `${ingresses}/i`,
    method: "PUT",
    body: { ...ingress, spec: { ingressClassName: "y", ...ingress.spec } },
  },
  { name: "a subresource that it does not have is read", path: `${ingresses}/i/scale` },
  { name: "a deployment is created", path: deployments, method: "POST", body: deployment, ignore: ofControllers },
  { name: "its scale is read", path: `${deployments}/web/scale` },
  {
    name: "its scale is patched for trial",
    path: `${deployments}/web/scale?dryRun=All`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { replicas: 3 } },
  },
  {
    name: "its scale is below zero",
    path: `${deployments}/web/scale`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { replicas: -1 } },
  },
  {
    name: "a container is added by strategic merge",
    path: `${deployments}/web`,
    method: "PATCH",
    contentType: strategic,
    body: { spec: { template: { spec: { containers: [{ name: "side", image: "side:1" }] } } } },
    ignore: ofControllers,
  },
  {
    name: "an environment variable is taken away by strategic merge",
    path: `${deployments}/web`,
    method: "PATCH",
    contentType: strategic,
    body: { spec: { template: { spec: { containers: [{ name: "web", env: [{ name: "A", $patch: "delete" }] }] } } } },
    ignore: ofControllers,
  },
  {
    name: "an image is changed by JSON patch",
    path: `${deployments}/web`,
    method: "PATCH",
    contentType: json,
    body: [{ op: "replace", path: "/spec/template/spec/containers/1/image", value: "web:2" }],
    ignore: ofControllers,
  },
  {
    name: "its selector is changed",
    path: `${deployments}/web`,
    method: "PATCH",
    contentType: merge,
    body: {
      spec: { selector: { matchLabels: { app: "other" } }, template: { metadata: { labels: { app: "other" } } } },
    },
  },
  {
    name: "words are set for a number",
    path: `${deployments}/web`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { replicas: "many" } },
    // The object is shown in Go's order of fields.
    ignore: ["message", "details.causes"],
  },
  { name: "deployments are listed", path: deployments, ignore: ofControllers },
  {
    name: "a name is made by the server",
    path: configMaps,
    method: "POST",
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "made-" } },
    ignore: ["metadata.name"],
  },
  {
    name: "a namespace is created",
    path: namespaces,
    method: "POST",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "NS-two" } },
  },
  {
    name: "something in it is held",
    path: `${namespaces}/NS-two/configmaps`,
    method: "POST",
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "held", finalizers: ["example.com/hold"] } },
  },
  { name: "the namespace is deleted", path: `${namespaces}/NS-two`, method: "DELETE", ignore: ["status.conditions"] },
  {
    name: "something new is created in it",
    path: `${namespaces}/NS-two/configmaps`,
    method: "POST",
    body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "late" } },
  },
  {
    name: "what is held is let go",
    path: `${namespaces}/NS-two/configmaps/held`,
    method: "PATCH",
    contentType: merge,
    body: { metadata: { finalizers: null } },
    ignore: ["metadata.deletionTimestamp", "metadata.deletionGracePeriodSeconds"],
  },
  {
    name: "a quantity is written in its shortest form",
    path: `${deployments}?dryRun=All`,
    method: "POST",
    body: {
      ...deployment,
      metadata: { name: "limits" },
      spec: {
        ...deployment.spec,
        template: {
          ...deployment.spec.template,
          spec: {
            containers: [{ name: "c", image: "c:1", resources: { limits: { cpu: "1000m", memory: "1024Mi" } } }],
          },
        },
      },
    },
  },
];
