import { expect, test, vi } from "vitest";
import { asInstalled, startProgram } from "../../support/drover-process.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

/** Text of many small objects: parsed, it takes many times its size. */
function manyObjects(count: number): string {
  return Array.from({ length: count }, (_unused, index) => configMap(`m${index}`)).join("\n---\n");
}

const chart = (template: string) => ({
  "Chart.yaml": "apiVersion: v2\nname: big\nversion: 1.0.0\n",
  "templates/big.yaml": template,
});

async function startSmall(rig: AgentRig) {
  const { kubeconfigPath } = await sharedCluster();
  const flags = { hub: rig.hub.url, token: "t", kubeconfig: kubeconfigPath, namespace: rig.systemNamespace };
  const words = { ...flags, "data-dir": rig.dataDir, "render-heap-mb": "32" };
  const args = Object.entries(words).flatMap(([flag, value]) => [`--${flag}`, value]);
  return startProgram("agent/main.ts", args, { ready: "agent started", ...asInstalled });
}

describeWithKube("an agent with little memory", () => {
  test.each([
    { name: "plain YAML", files: { "big.yaml": manyObjects(100_000) } },
    {
      name: "a chart",
      files: chart(
        '{{ $d := dict }}{{ range $i, $_ := until 1000000 }}{{ $_ := set $d (printf "k-%d" $i) (list $i) }}{{ end }}',
      ),
    },
  ])("changes nothing by $name that is too big to render, says so, and goes on", { timeout: 120_000 }, async (big) => {
    await using rig = await createAgentRig(await sharedCluster());
    const options = { defaultNamespace: rig.namespace };
    const one = { bundle: "team/one", files: { "a.yaml": configMap("one") }, options };
    rig.hub.publish({ bundles: [one] });
    await using agent = await startSmall(rig);
    await rig.state("team/one", "Ready");
    rig.hub.publish({ bundles: [one, { bundle: "team/big", files: big.files, options }] });
    const failed = await vi.waitFor(
      () => {
        expect(agent.child.exitCode ?? agent.child.signalCode).toBeNull();
        const status = rig.hub.statuses.get("team/big");
        expect({ state: status?.state, log: agent.output().slice(-1500) }).toMatchObject({ state: "ErrApplied" });
        return status;
      },
      { timeout: 45_000, interval: 50 },
    );
    expect(failed?.error?.code).toBe("RENDER_LIMIT");
    expect(failed?.error?.message).toContain("bundle team/big");
    const maps = await rig.get(
      `/api/v1/namespaces/${rig.namespace}/configmaps?fieldSelector=metadata.name!=kube-root-ca.crt`,
    );
    expect(JSON.stringify(maps)).toContain('"name":"one"');
    expect(JSON.stringify(maps)).not.toContain('"name":"m');
    // Mended in Git, it comes.
    rig.hub.publish({ bundles: [one, { bundle: "team/big", files: { "big.yaml": configMap("mended") }, options }] });
    await rig.state("team/big", "Ready");
    expect(agent.child.exitCode).toBeNull();
  });
});
