import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { describeWithKube, programPath, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

const files = {
  "c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
  "c/templates/a.yaml": configMap("a", {
    word: "{{ .Values.word }}",
    password: "{{ randAlphaNum 12 }}",
    seen: "{{ len (lookup `v1` `Secret` .Release.Namespace ``).items }}",
  }),
  "k/kustomization.yaml": [
    "namePrefix: eu-",
    "resources: [extra.yaml]",
    "patches:",
    "- target: {kind: ConfigMap, name: a}",
    "  patch: |-",
    "    - {op: add, path: /data/patched, value: 'yes'}",
  ].join("\n"),
  "k/extra.yaml": configMap("extra"),
};

function script(rig: AgentRig, word: string) {
  const options = { defaultNamespace: rig.namespace, helm: { chart: "c", values: { word } }, kustomize: { dir: "k" } };
  return { bundles: [{ bundle: "team/app", files, options }] };
}

describeWithKube("a chart with a kustomization over it", () => {
  test("is rendered, kustomized and applied, with the same password after a restart", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const config = { kustomizeBinary: await programPath("kustomize") };
    await rig.start({ config });
    rig.hub.publish(script(rig, "one"));
    await rig.state("team/app", "Ready");
    const maps = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    const first = await rig.get(`${maps}/eu-a`);
    expect(first).toMatchObject({ data: { word: "one", patched: "yes", seen: "0" } });
    expect(await rig.get(`${maps}/eu-extra`)).toBeDefined();
    expect(await rig.get(`${maps}/a`)).toBeUndefined();
    expect(await readdir(join(rig.dataDir, "kustomize"))).toEqual([]);

    await rig.stop();
    await rig.start({ config });
    rig.hub.publish(script(rig, "two"));
    await vi.waitFor(
      async () => expect(await rig.get(`${maps}/eu-a`)).toMatchObject({ data: { word: "two" } }),
      20_000,
    );
    const password = /"password":"(\w{12})"/u.exec(JSON.stringify(first))?.[1] ?? "none";
    expect(await rig.get(`${maps}/eu-a`)).toMatchObject({ data: { password } });
  });

  test("needs the program, and says which and where", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    rig.hub.publish(script(rig, "one"));
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error).toMatchObject({ code: "KUSTOMIZE_BINARY_MISSING" });
    expect(error?.message).toContain("install kustomize 5 or kubectl on the agent's machine or in its image");
  });

  test("fails with kustomize's own words", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start({ config: { kustomizeBinary: await programPath("kustomize") } });
    const broken = { ...files, "k/kustomization.yaml": "resources: [gone.yaml]\n" };
    const { bundles } = script(rig, "one");
    rig.hub.publish({ bundles: bundles.map((bundle) => ({ ...bundle, files: broken })) });
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error).toMatchObject({ code: "KUSTOMIZE_FAILED" });
    expect(error?.message).toContain("gone.yaml");
  });
});
