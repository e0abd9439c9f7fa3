import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";

const timeout = 90_000;
const admission = "/apis/admissionregistration.k8s.io/v1";

function publish(rig: AgentRig, files: Readonly<Record<string, string>>, options: object = {}): void {
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, ...options } }],
  });
}

async function post(rig: AgentRig, path: string, body: object): Promise<void> {
  const answer = await rig.cluster.request(path, { method: "POST", body });
  if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
}

async function createNamespace(rig: AgentRig): Promise<void> {
  await post(rig, "/api/v1/namespaces", { metadata: { name: rig.namespace } });
}

/** What admits objects counts some seconds after it was made. */
async function untilRefused(rig: AgentRig): Promise<void> {
  const secrets = `/api/v1/namespaces/${rig.namespace}/secrets`;
  const body = { metadata: { generateName: "try-" } };
  await vi.waitFor(
    async () => expect((await rig.cluster.request(secrets, { method: "POST", body })).status).toBeGreaterThan(400),
    { timeout: 30_000, interval: 200 },
  );
}

/** Fails to be applied for the cause, while the rest is there; `mend` takes the cause away, and the agent finds out by itself. */
async function expectRetried(
  rig: AgentRig,
  { code, message, mend }: { readonly code: string; readonly message: RegExp; readonly mend: () => Promise<unknown> },
): Promise<void> {
  const failed = await rig.status("team/app", (status) => status.error?.code === code);
  expect(failed.state).toBe("ErrApplied");
  expect(failed.error?.message).toMatch(message);
  await mend();
  await vi.waitFor(() => expect(rig.hub.statuses.get("team/app")?.state).toBe("Ready"), { timeout: 60_000 });
}

describeWithKube("what could not be applied is tried again", () => {
  test.concurrent("once the right is there", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await createNamespace(rig);
    await rig.start();
    await vi.waitFor(async () => expect(await rig.get(`/api/v1/namespaces/${rig.systemNamespace}`)).toBeDefined());
    await post(rig, `/api/v1/namespaces/${rig.systemNamespace}/serviceaccounts`, { metadata: { name: "limited" } });
    publish(rig, { "a.yaml": configMap("a") }, { serviceAccount: "limited" });
    await expectRetried(rig, {
      code: "KUBE_FORBIDDEN",
      message: /system:serviceaccount:.*:limited/u,
      mend: async () => {
        const rbac = "/apis/rbac.authorization.k8s.io/v1";
        await post(rig, `${rbac}/clusterrolebindings`, {
          metadata: { name: rig.namespace },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
          subjects: [{ kind: "ServiceAccount", name: "limited", namespace: rig.systemNamespace }],
        });
      },
    });
    await cluster.request(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${rig.namespace}`, {
      method: "DELETE",
    });
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent("once the quota allows it, and the rest is there meanwhile", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await createNamespace(rig);
    const quotas = `/api/v1/namespaces/${rig.namespace}/resourcequotas`;
    await post(rig, quotas, { metadata: { name: "few" }, spec: { hard: { "count/secrets": "0" } } });
    await vi.waitFor(async () => expect(JSON.stringify(await rig.get(`${quotas}/few`))).toContain('"used"'), {
      timeout: 20_000,
    });
    const secret = JSON.stringify({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      stringData: { a: "1" },
    });
    await rig.start();
    publish(rig, { "s.yaml": secret, "a.yaml": configMap("a") });
    await rig.status("team/app", (status) => status.error?.code === "KUBE_FORBIDDEN");
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toBeDefined();
    await expectRetried(rig, {
      code: "KUBE_FORBIDDEN",
      message: /exceeded quota: few/u,
      mend: () => cluster.request(`${quotas}/few`, { method: "DELETE" }),
    });
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent("once a policy admits it", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await createNamespace(rig);
    await post(rig, `${admission}/validatingadmissionpolicies`, {
      metadata: { name: rig.namespace },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": rig.namespace } },
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["secrets"] }],
        },
        validations: [{ expression: "false", message: "no secrets here" }],
      },
    });
    await post(rig, `${admission}/validatingadmissionpolicybindings`, {
      metadata: { name: rig.namespace },
      spec: { policyName: rig.namespace, validationActions: ["Deny"] },
    });
    await untilRefused(rig);
    const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } });
    await rig.start();
    publish(rig, { "s.yaml": secret });
    await expectRetried(rig, {
      code: "KUBE_INVALID",
      message: /no secrets here/u,
      mend: () =>
        cluster.request(`${admission}/validatingadmissionpolicybindings/${rig.namespace}`, { method: "DELETE" }),
    });
    await cluster.request(`${admission}/validatingadmissionpolicies/${rig.namespace}`, { method: "DELETE" });
  });

  test.concurrent("once the webhook that has to admit it is ready", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await createNamespace(rig);
    await post(rig, `${admission}/validatingwebhookconfigurations`, {
      metadata: { name: rig.namespace },
      webhooks: [
        {
          name: "late.example.com",
          clientConfig: { url: "https://127.0.0.1:1/late" },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["secrets"], operations: ["CREATE"] }],
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": rig.namespace } },
          failurePolicy: "Fail",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    });
    await untilRefused(rig);
    const secret = JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "s" } });
    await rig.start();
    publish(rig, { "s.yaml": secret });
    await expectRetried(rig, {
      code: "KUBE_UNAVAILABLE",
      message: /failed calling webhook "late\.example\.com"/u,
      mend: () =>
        cluster.request(`${admission}/validatingwebhookconfigurations/${rig.namespace}`, { method: "DELETE" }),
    });
  });

  test.concurrent("once its kind is served, which another bundle brings", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const group = `g${rig.namespace.slice("apps-".length)}.example.com`;
    const widget = JSON.stringify({ apiVersion: `${group}/v1`, kind: "Widget", metadata: { name: "w" } });
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "widgets", singular: "widget", kind: "Widget" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    };
    await rig.start();
    publish(rig, { "w.yaml": widget, "a.yaml": configMap("a") });
    await rig.status("team/app", (status) => status.error?.code === "OBJECT_INVALID");
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toBeDefined();
    const crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await expectRetried(rig, {
      code: "OBJECT_INVALID",
      message: /the cluster does not serve/u,
      mend: () => cluster.request(crds, { method: "POST", body: definition }),
    });
    await cluster.request(`${crds}/widgets.${group}`, { method: "DELETE" });
  });
});
