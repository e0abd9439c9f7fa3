/** Kinds of Fleet that an import reads, as small schemas that keep every field. */
const kinds = {
  GitRepo: "gitrepos",
  Cluster: "clusters",
  ClusterGroup: "clustergroups",
  BundleDeployment: "bundledeployments",
  GitRepoRestriction: "gitreporestrictions",
  HelmOp: "helmops",
} as const;

export const workspace = "fleet-default";
export const clusterNamespace = "cluster-fleet-default-prod-1234";

/** Returns CustomResourceDefinitions with Fleet's names. */
export function fleetDefinitions(): object[] {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return Object.entries(kinds).map(([kind, plural]) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.fleet.cattle.io` },
    spec: {
      group: "fleet.cattle.io",
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: "v1alpha1", served: true, storage: true, schema }],
    },
  }));
}

function fleetObject(kind: keyof typeof kinds, metadata: object, fields: object): object {
  const apiVersion = "fleet.cattle.io/v1alpha1";
  return { apiVersion, kind, metadata: { namespace: workspace, ...metadata }, ...fields };
}

/** Returns what Fleet has of one repository on one cluster whose release `shop/web` is installed. */
export function fleetObjects(repo: string): object[] {
  const labels = {
    "fleet.cattle.io/repo-name": "config",
    "fleet.cattle.io/bundle-name": "config-web",
    "fleet.cattle.io/bundle-namespace": workspace,
    "fleet.cattle.io/cluster": "prod",
    "fleet.cattle.io/cluster-namespace": workspace,
  };
  const source = { repo, branch: "main", pollingInterval: "1s" };
  const targets = [{ name: "prod", clusterSelector: { matchLabels: { env: "prod" } } }];
  return [
    fleetObject(
      "GitRepo",
      { name: "config", finalizers: [] },
      { spec: { ...source, targets }, status: { commit: "1" } },
    ),
    fleetObject(
      "GitRepoRestriction",
      { name: "rules" },
      { defaultClientSecretName: "git", allowedRepoPatterns: [".*"] },
    ),
    fleetObject(
      "Cluster",
      { name: "prod", labels: { env: "prod" } },
      { spec: { clientID: "fleets", kubeConfigSecret: "prod" } },
    ),
    fleetObject(
      "BundleDeployment",
      { name: "config-web", namespace: clusterNamespace, labels },
      {
        spec: { deploymentID: "first", options: { helm: { releaseName: "web" } } },
        status: { appliedDeploymentID: "first", release: "shop/web:1" },
      },
    ),
  ];
}

/** Returns a Deployment that stands for Fleet's agent, and the credential that names its Cluster. */
export function fleetAgent(): object[] {
  const labels = { app: "fleet-agent" };
  const metadata = { name: "fleet-agent", namespace: "cattle-fleet-system" };
  const containers = [{ name: "fleet-agent", image: "example.com/fleet:1" }];
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "cattle-fleet-system" } },
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { clusterName: "prod", clusterNamespace: workspace } },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  ];
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  {{- if .Values.fleet }}
  labels: { objectset.rio.cattle.io/hash: abc }
  annotations: { objectset.rio.cattle.io/id: default-config-web }
  {{- end }}
spec:
  replicas: 1
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: main, image: "example.com/web:1" }] }
`;

/** A chart that Fleet and Drover render; with `fleet` it has Fleet's marks, and a ConfigMap that Git has not. */
export const webChart: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "values.yaml": "color: red\nfleet: false\n",
  "templates/web.yaml": deployment,
  "templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { color: {{ .Values.color }} }\n",
  "templates/old.yaml":
    "{{- if .Values.fleet }}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: old }\n{{- end }}\n",
};
