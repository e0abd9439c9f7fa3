import { expect, test } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

const certificate = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==";

/** What people list in comparePatches, written as charts write it. */
function files(suffix: string): Record<string, string> {
  const objects: Record<string, unknown>[] = [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", labels: { tier: "gold" } },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            hostNetwork: false,
            priorityClassName: "",
            nodeSelector: {},
            tolerations: [],
            securityContext: {},
            containers: [
              {
                name: "app",
                image: "nginx:1",
                env: [{ name: "EMPTY", value: "" }],
                resources: { limits: { cpu: "1000m", memory: "1024Mi" } },
                volumeMounts: [{ name: "data", mountPath: "/data", subPath: "" }],
              },
            ],
            volumes: [{ name: "data", emptyDir: {} }],
          },
        },
      },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" }, imagePullSecrets: [] },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "web" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: "web", namespace: suffix }],
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { type: "NodePort", selector: { app: "web" }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: `validator-${suffix}` },
      webhooks: [
        {
          name: "check.example.com",
          failurePolicy: "Ignore",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          clientConfig: { caBundle: "Cg==", service: { name: "web", namespace: "nowhere" } },
          rules: [{ apiGroups: ["example.com"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["none"] }],
        },
      ],
    },
  ];
  return Object.fromEntries(objects.map((object, index) => [`${index}.yaml`, JSON.stringify(object)]));
}

describeWithKube("fields that people list in comparePatches", () => {
  test("never show as drift: zero values, server defaults, what controllers add and the certificates they fill in", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const suffix = rig.namespace;
    await rig.start();
    const options = { defaultNamespace: rig.namespace };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: files(suffix), options }] });
    const patch = async (path: string, contentType: string, body: unknown): Promise<void> => {
      const answer = await cluster.request(`/${path}?fieldManager=controller`, { method: "PATCH", contentType, body });
      if (answer.status !== 200) throw new Error(answer.text);
    };
    const webhook = `apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/validator-${suffix}`;
    // The last to be applied.
    await expect.poll(async () => (await cluster.request(`/${webhook}`, {})).status, { timeout: 20_000 }).toBe(200);
    await patch(webhook, "application/strategic-merge-patch+json", {
      webhooks: [{ name: "check.example.com", failurePolicy: "Fail", clientConfig: { caBundle: certificate } }],
    });
    await patch(`api/v1/namespaces/${suffix}/serviceaccounts/web`, "application/merge-patch+json", {
      imagePullSecrets: [{ name: "registry" }],
      secrets: [{ name: "token" }],
    });
    await patch(`apis/apps/v1/namespaces/${suffix}/deployments/web`, "application/merge-patch+json", {
      metadata: { labels: { tier: "silver" }, annotations: { "deployment.kubernetes.io/revision": "1" } },
      spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } } },
    });
    const { drift } = await rig.state("team/app", "Modified");
    const shown = drift?.flatMap(({ kind, fields }) => fields.map(({ path }) => `${kind} ${path}`));
    expect(shown).toEqual(["Deployment metadata.labels.tier"]);
  });

  test("are left out by operations: `remove` on both sides of one object, `ignore` for one that is missing", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    const namespace = rig.namespace;
    const ofMaps = { apiVersion: "v1", kind: "ConfigMap", namespace };
    const comparePatches = [
      { ...ofMaps, name: "tuned", operations: [{ op: "remove", path: "/data/key" }] },
      { ...ofMaps, name: "^cache-", operations: [{ op: "ignore" }] },
    ];
    const names = ["tuned", "other", "cache-1", "lost"];
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, configMap(name)]));
    const options = { defaultNamespace: namespace, diff: { comparePatches } };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await rig.state("team/app", "Ready");
    const path = (name: string): string => `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    const contentType = "application/merge-patch+json";
    for (const name of ["tuned", "other"]) {
      const body = { data: { key: "by hand" } };
      expect((await cluster.request(path(name), { method: "PATCH", contentType, body })).status).toBe(200);
    }
    for (const name of ["cache-1", "lost"])
      expect((await cluster.request(path(name), { method: "DELETE" })).status).toBe(200);
    const { drift } = await rig.status("team/app", (status) => status.drift?.length === 2);
    expect(drift?.map(({ name }) => name).toSorted()).toEqual(["lost", "other"]);
  });
});
