import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { configMap, createAgentRig } from "./agent-rig.ts";

function hook(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: ${name}}\n`;
}

/** A chart with a subchart, a definition of a kind, a hook and a test. */
function chartFiles(group: string): Readonly<Record<string, string>> {
  return {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\nkubeVersion: '>=1.30.0-0'\n",
    "values.yaml": "db: {size: 1}\ncolor: red\n",
    "crds/tea.yaml": [
      "apiVersion: apiextensions.k8s.io/v1",
      "kind: CustomResourceDefinition",
      `metadata: {name: teas.${group}}`,
      "spec:",
      `  group: ${group}`,
      "  names: {kind: Tea, plural: teas}",
      "  scope: Namespaced",
      "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]",
    ].join("\n"),
    "templates/web.yaml": configMap("{{ .Release.Name }}-web", {
      color: "{{ .Values.color }}",
      jobs: "{{ .Capabilities.APIVersions.Has `batch/v1/Job` }}",
      version: "{{ .Capabilities.KubeVersion.Version }}",
      place: "{{ .Release.Namespace }}",
    }),
    "templates/tea.yaml": `apiVersion: ${group}/v1\nkind: Tea\nmetadata: {name: green}\n`,
    "templates/hooks.yaml": [hook("pre-install"), hook("test")].join("---\n"),
    "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 0.1.0\n",
    "charts/db/templates/db.yaml": configMap("{{ .Release.Name }}-db", { size: "{{ .Values.size }}" }),
  };
}

describeWithKube("a bundle with a chart", () => {
  test("is rendered for its cluster and applied, its definitions first; tests are left out", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const group = `${rig.namespace}.example`;
    const options = {
      namespace: rig.namespace,
      helm: { releaseName: "eu", values: { db: { size: 3 }, color: "${ .ClusterLabels.region }" } },
    };
    await rig.start();
    rig.hub.publish({
      bundles: [{ bundle: "team/shop", files: chartFiles(group), options }],
      labels: { region: "eu" },
    });
    await rig.state("team/shop", "Ready");
    const { namespace } = rig;
    const maps = `/api/v1/namespaces/${namespace}/configmaps`;
    expect(await rig.get(`${maps}/eu-web`)).toMatchObject({ data: { jobs: "true", place: namespace, color: "eu" } });
    expect(await rig.get(`${maps}/eu-web`)).toMatchObject({ data: { version: expect.stringMatching(/^v1\./) } });
    expect(await rig.get(`${maps}/eu-db`)).toMatchObject({ data: { size: "3" } });
    expect(await rig.get(`/apis/${group}/v1/namespaces/${namespace}/teas/green`)).toBeDefined();
    expect(await rig.get(`${maps}/pre-install`)).toBeDefined();
    expect(await rig.get(`${maps}/test`)).toBeUndefined();
  });

  test("keeps its random password when the agent starts anew, and forgets it with the bundle", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/a", /^secrets\/drover-random-/u);
    const files = {
      "templates/a.yaml": configMap("a", { password: "{{ randAlphaNum 24 }}", word: "{{ .Values.word }}" }),
    };
    const bundle = (word: string) => ({
      bundles: [
        { bundle: "team/app", files, options: { defaultNamespace: rig.namespace, helm: { values: { word } } } },
      ],
    });
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps/a`;
    await rig.start();
    rig.hub.publish(bundle("one"));
    await rig.state("team/app", "Ready");
    const first = JSON.stringify(await rig.get(path));
    const password = /"password":"(\w{24})"/.exec(first)?.[1] ?? "none";
    await rig.stop();
    await rig.start();
    rig.hub.publish(bundle("two"));
    await vi.waitFor(async () => expect(await rig.get(path)).toMatchObject({ data: { word: "two" } }), 20_000);
    expect(await rig.get(path)).toMatchObject({ data: { password } });
    const secrets = `/api/v1/namespaces/${rig.systemNamespace}/secrets`;
    expect(JSON.stringify(await rig.get(secrets))).toContain("drover-random-");
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(
      async () => expect(JSON.stringify(await rig.get(secrets))).not.toContain("drover-random-"),
      20_000,
    );
  });

  test("that refuses its values is shown with the chart's own words, and mended by new values", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const files = { "templates/a.yaml": configMap("a", { word: "{{ required `give a word` .Values.word }}" }) };
    const bundle = (values: Readonly<Record<string, string>>) => ({
      bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, helm: { values } } }],
    });
    await rig.start();
    rig.hub.publish(bundle({}));
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error).toMatchObject({ code: "CHART_FAILED" });
    expect(error?.message).toContain("give a word");
    rig.hub.publish(bundle({ word: "green" }));
    await rig.state("team/app", "Ready");
  });
});
