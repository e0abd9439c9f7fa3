import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

describeWithKube("options of a bundle", () => {
  test("serviceAccount: applies as that account, with its rights only", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const bundle = {
      bundle: "team/app",
      files: { "a.yaml": configMap("a") },
      options: { defaultNamespace: "default", serviceAccount: "limited" },
    };
    await rig.start();
    rig.hub.publish({ bundles: [bundle] });
    expect((await rig.state("team/app", "ErrApplied")).error).toMatchObject({ code: "SERVICE_ACCOUNT_MISSING" });
    await cluster.request(`/api/v1/namespaces/${rig.systemNamespace}/serviceaccounts`, {
      method: "POST",
      body: { metadata: { name: "limited" } },
    });
    const forbidden = await rig.status("team/app", (status) => status.error?.code === "KUBE_FORBIDDEN");
    expect(forbidden.error?.message).toContain(`system:serviceaccount:${rig.systemNamespace}:limited`);
  });

  test("namespaceLabels: are put on the namespace and taken off again, and leave the labels of others", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const path = `/api/v1/namespaces/${rig.namespace}`;
    await cluster.request("/api/v1/namespaces", {
      method: "POST",
      body: { metadata: { name: rig.namespace, labels: { theirs: "1" } } },
    });
    const bundle = (more: object) => ({
      bundles: [
        {
          bundle: "team/app",
          files: { "a.yaml": configMap("a") },
          options: { defaultNamespace: rig.namespace, ...more },
        },
      ],
    });
    await rig.start();
    rig.hub.publish(bundle({ namespaceLabels: { ours: "1" }, namespaceAnnotations: { note: "x" } }));
    await rig.state("team/app", "Ready");
    expect(await rig.get(path)).toMatchObject({
      metadata: { labels: { theirs: "1", ours: "1" }, annotations: { note: "x" } },
    });
    rig.hub.publish(bundle({}));
    await vi.waitFor(async () => expect(JSON.stringify(await rig.get(path))).not.toContain('"ours"'), {
      timeout: 20_000,
    });
    expect(await rig.get(path)).toMatchObject({ metadata: { labels: { theirs: "1" } } });
  });

  test("createNamespace false: does not make the namespace, and says that it is missing", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace, createNamespace: false };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a") }, options }] });
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error?.message).toContain(`"${rig.namespace}" not found`);
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}`)).toBeUndefined();
  });

  test("values: a template for which this cluster has no label fails here, and is mended by the label alone", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = {
      defaultNamespace: rig.namespace,
      handlebars: {},
      helm: { values: { region: "${ .ClusterLabels.region }" } },
    };
    const bundle = {
      bundle: "team/app",
      files: { "a.yaml.hbs": configMap("a", { region: "{{Values.region}}" }) },
      options,
    };
    const other = {
      bundle: "team/other",
      files: { "b.yaml": configMap("b") },
      options: { defaultNamespace: rig.namespace },
    };
    await rig.start();
    rig.hub.publish({ bundles: [bundle, other], labels: { env: "dev" } });
    await rig.state("team/other", "Ready");
    expect((await rig.state("team/app", "ErrApplied")).error?.message).toContain("region");
    rig.hub.publish({ bundles: [bundle, other], labels: { env: "dev", region: "north" } });
    await rig.state("team/app", "Ready");
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toMatchObject({
      data: { region: "north" },
    });
  });
});

describeWithKube("what the cluster makes of objects", () => {
  test("shows a workload as not ready until its pods run", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const publish = (outcome: string): void => {
      const web = JSON.stringify({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web" },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: "web" } },
          template: {
            metadata: { labels: { app: "web", "rig.drover.dev/outcome": outcome } },
            spec: { containers: [{ name: "app", image: "nginx" }] },
          },
        },
      });
      const options = { defaultNamespace: rig.namespace };
      rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "web.yaml": web }, options }] });
    };
    await rig.start();
    publish("pull-error");
    const { notReady } = await rig.status("team/app", (status) =>
      /0 of 2 replicas/u.test(status.notReady?.[0]?.message ?? ""),
    );
    expect(notReady).toEqual([expect.objectContaining({ kind: "Deployment", name: "web" })]);
    expect(rig.hub.statuses.get("team/app")?.state).toBe("NotReady");
    publish("ready");
    await rig.state("team/app", "Ready");
  });

  test("is unknown, not Modified, where a webhook that is away keeps the agent from comparing", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    const options = { defaultNamespace: rig.namespace };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a") }, options }] });
    await rig.state("team/app", "Ready");
    const webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    await cluster.request(webhooks, {
      method: "POST",
      body: {
        metadata: { name: rig.namespace },
        webhooks: [
          {
            name: "away.example.com",
            clientConfig: { url: "https://127.0.0.1:1/away" },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"], operations: ["UPDATE"] }],
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": rig.namespace } },
            matchConditions: [{ name: "dry", expression: "request.dryRun == true" }],
            failurePolicy: "Fail",
            sideEffects: "None",
            admissionReviewVersions: ["v1"],
          },
        ],
      },
    });
    try {
      const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
      await vi.waitFor(
        async () => {
          await cluster.request(path, {
            method: "PATCH",
            contentType: "application/merge-patch+json",
            body: { metadata: { annotations: { at: String(Date.now()) } } },
          });
          expect(rig.hub.statuses.get("team/app")?.drift).toBeDefined();
        },
        { timeout: 20_000, interval: 300 },
      );
      const status = rig.hub.statuses.get("team/app");
      expect(status).toMatchObject({
        state: "Ready",
        drift: [{ type: "unknown", message: expect.stringContaining("away.example.com") }],
      });
    } finally {
      await cluster.request(`${webhooks}/${rig.namespace}`, { method: "DELETE" });
    }
  });

  test("does not forget what it owns when an inventory is damaged, nor delete anything of it", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/a", "configmaps/b");
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    rig.hub.publish({
      bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a"), "b.yaml": configMap("b") }, options }],
    });
    await rig.state("team/app", "Ready");
    await rig.stop();
    const secrets = `/api/v1/namespaces/${rig.systemNamespace}/secrets`;
    const { json } = await cluster.request(`${secrets}?labelSelector=drover.dev/inventory`);
    const name = JSON.stringify(json).match(/"name":"(drover-inventory-[0-9a-f]+)"/u)?.[1] ?? "";
    const damage = async (inventory: string): Promise<void> => {
      await cluster.request(`${secrets}/${name}`, {
        method: "PATCH",
        contentType: "application/merge-patch+json",
        body: { data: { inventory } },
      });
    };
    const whole = /"inventory":"([^"]+)"/u.exec(JSON.stringify(json))?.[1] ?? "";
    await damage("AAAA");
    await rig.start();
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await rig.status("team/app", (status) => status.error?.code === "INVENTORY_UNREADABLE");
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/b`)).toBeDefined();
    expect(rig.hub.gone.size).toBe(0);
    await rig.stop();
    await damage(whole);
    await rig.start();
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/b`)).toBeUndefined();
  });
});
