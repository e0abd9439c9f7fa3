import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

function definition(group: string): string {
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  });
}

describeWithKube("applying", () => {
  test("brings definitions, namespaces and what needs them in one bundle, and keeps the definition", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("widgets/w");
    const group = `g${rig.namespace.slice("apps-".length)}.example.com`;
    const widget = JSON.stringify({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "w" },
      spec: { big: 1 },
    }).replace('"big":1', '"big":9007199254740993');
    const options = { defaultNamespace: rig.namespace };
    const files = { "a-widget.yaml": widget, "z-definition.yaml": definition(group) };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files, options }] });
    await rig.state("team/app", "Ready");
    const path = `/apis/${group}/v1/namespaces/${rig.namespace}/widgets/w`;
    const text = (await cluster.request(path)).text;
    expect(text).toContain("9007199254740993");
    await cluster.request(`${path}/status`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { status: { conditions: [{ type: "Ready", status: "False", message: "no power", reason: "X" }] } },
    });
    const { notReady } = await rig.state("team/app", "NotReady");
    expect(notReady).toEqual([expect.objectContaining({ kind: "Widget", name: "w", message: "no power" })]);

    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 20_000 });
    expect(await rig.get(path)).toBeUndefined();
    const definitionPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`;
    expect(await rig.get(definitionPath)).toBeDefined();
    await cluster.request(definitionPath, { method: "DELETE" });
  });

  test("goes on with the rest when one object is bad, and says which", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const bad = JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "bad" },
      spec: { ports: [{ port: 99_999_999 }] },
    });
    const options = { defaultNamespace: rig.namespace };
    await rig.start();
    rig.hub.publish({
      bundles: [{ bundle: "team/app", files: { "bad.yaml": bad, "good.yaml": configMap("good") }, options }],
    });
    const status = await rig.state("team/app", "ErrApplied");
    expect(status.notReady).toEqual([
      expect.objectContaining({ kind: "Service", name: "bad", message: expect.stringContaining("99999999") }),
    ]);
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/good`)).toBeDefined();
  });

  test("stops at fields that were never ours, and takes back those that were", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const options = { defaultNamespace: rig.namespace };
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    const bundle = (data: Record<string, string>, more = {}) => ({
      bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a", data) }, options: { ...options, ...more } }],
    });
    await rig.start();
    rig.hub.publish(bundle({ ours: "1" }));
    await rig.state("team/app", "Ready");
    await cluster.request(`${maps}/a?fieldManager=hand`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { data: { ours: "edited", theirs: "theirs" } },
    });
    rig.hub.publish(bundle({ ours: "2" }));
    await vi.waitFor(
      async () => expect(await rig.get(`${maps}/a`)).toMatchObject({ data: { ours: "2", theirs: "theirs" } }),
      {
        timeout: 20_000,
      },
    );
    rig.hub.publish(bundle({ ours: "3", theirs: "mine" }));
    const refused = await rig.state("team/app", "ErrApplied");
    expect(refused.error?.code).toBe("FIELD_CONFLICT");
    expect(refused.error?.message).toMatch(/\.data\.theirs .*"hand"/u);
    expect(await rig.get(`${maps}/a`)).toMatchObject({ data: { ours: "2", theirs: "theirs" } });
    rig.hub.publish(bundle({ ours: "3", theirs: "mine" }, { helm: { takeOwnership: true } }));
    await rig.state("team/app", "Ready");
    expect(await rig.get(`${maps}/a`)).toMatchObject({ data: { ours: "3", theirs: "mine" } });
  });

  test("waits for bundles that it depends on", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const dependsOn = [{ bundle: "team/base", acceptedStates: ["Ready"] }];
    const app = { bundle: "team/app", files: { "a.yaml": configMap("app") }, options, dependsOn };
    await rig.start();
    rig.hub.publish({ bundles: [app] });
    const waiting = await rig.state("team/app", "WaitApplied");
    expect(waiting.error?.message).toMatch(/team\/base/u);
    rig.hub.publish({ bundles: [app, { bundle: "team/base", files: { "a.yaml": configMap("base") }, options }] });
    await rig.state("team/app", "Ready");
  });

  test("changes nothing of a paused bundle", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const bundle = { bundle: "team/app", files: { "a.yaml": configMap("a") }, options };
    await rig.start();
    rig.hub.publish({ bundles: [bundle] });
    await rig.state("team/app", "Ready");
    rig.hub.publish({ bundles: [{ ...bundle, files: { "b.yaml": configMap("b") }, paused: true }] });
    await rig.state("team/app", "OutOfSync");
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toBeDefined();
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/b`)).toBeUndefined();
  });

  test("renders Handlebars apart from the agent, within limits", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const template = configMap("a", { greeting: "{{Values.greeting}}" });
    const options = { defaultNamespace: rig.namespace, handlebars: { values: { greeting: "hello" } } };
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "a.yaml.hbs": template }, options }] });
    await rig.state("team/app", "Ready");
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
    expect(JSON.stringify(await rig.get(path))).toContain("hello");
  });
});
