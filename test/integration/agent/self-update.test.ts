import { expect, test, vi } from "vitest";
import * as z from "zod";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";
import { type AgentRig, createAgentRig } from "./agent-rig.ts";

const timeout = 120_000;

const deploymentSchema = z.object({
  metadata: z.object({
    annotations: z.record(z.string(), z.string()).optional(),
    managedFields: z.array(z.looseObject({ manager: z.string() })),
  }),
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }) }),
  }),
  status: z.object({ availableReplicas: z.number().optional() }),
});

async function manifest(rig: AgentRig, ...words: readonly string[]): Promise<string> {
  const { context, output } = createTestContext({ cwd: rig.dataDir });
  const place = ["--hub", rig.hub.url, "--namespace", rig.systemNamespace, "--cluster-name", "prod"];
  expect(await runCli(["agent", "install", ...place, ...words], context)).toBe(0);
  return output();
}

/** Installs as the docs say; the agent that works is ours, and plays the old pods that go on. */
async function install(rig: AgentRig, roles: string): Promise<AsyncDisposable> {
  const stdin = await manifest(rig, "--token", "word", "--roles", roles, "--image", "registry.example/agent:1");
  const { kubeconfigPath } = await sharedCluster();
  const cluster = { kubeconfigPath, stdin };
  await vi.waitFor(
    async () => {
      const { exitCode, stderr } = await kubectl(["apply", "-f", "-"], cluster);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    },
    { timeout: 20_000 },
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await kubectl(["delete", "--wait=false", "--ignore-not-found", "-f", "-"], cluster);
    },
  };
}

/** What Git says of the agent: the bundle of `docs/how-to/update-agents.md`. */
async function publish(rig: AgentRig, version: string, bend = (text: string) => text): Promise<void> {
  const image = `registry.example/agent:${version}`;
  const text = bend(await manifest(rig, "--for-git", "--roles", "wide", "--image", image));
  const helm = { takeOwnership: true, atomic: true, timeoutSeconds: 15 };
  const options = { defaultNamespace: rig.systemNamespace, helm };
  rig.hub.publish({ bundles: [{ bundle: "team/agent", files: { "agent.yaml": text }, options }] });
}

async function deployment(rig: AgentRig) {
  const path = `/apis/apps/v1/namespaces/${rig.systemNamespace}/deployments/drover-agent`;
  return deploymentSchema.parse(await rig.get(path));
}

async function image(rig: AgentRig): Promise<string | undefined> {
  return (await deployment(rig)).spec.template.spec.containers[0]?.image;
}

describeWithKube("an agent that is a bundle of its own", () => {
  test("takes over what kubectl applied, without a restart, and brings its next version", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using _installed = await install(rig, "wide");
    const before = await deployment(rig);
    expect(before.metadata.managedFields.map(({ manager }) => manager)).toContain("kubectl-client-side-apply");
    await rig.start();
    await publish(rig, "1");
    const first = await rig.state("team/agent", "Ready");
    const taken = await deployment(rig);
    // Deployments count a changed annotation as a generation: what tells of new pods is the revision.
    expect(taken.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("1");
    expect(taken.spec).toEqual(before.spec);
    expect(taken.metadata.managedFields.map(({ manager }) => manager)).not.toContain("kubectl-client-side-apply");
    await publish(rig, "2");
    const isNew = (id: string | undefined): boolean => id !== undefined && id !== first.appliedDeploymentId;
    await rig.status("team/agent", (now) => now.state === "Ready" && isNew(now.appliedDeploymentId));
    expect(await image(rig)).toBe("registry.example/agent:2");
  });

  test.each(["pull-error", "crash-loop"])(
    "goes back from a version that ends in %s, and the old agents run all the time",
    { timeout },
    async (outcome) => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      await using _installed = await install(rig, "wide");
      await rig.start();
      await publish(rig, "1");
      await rig.state("team/agent", "Ready");
      let fewest = Infinity;
      const look = async (): Promise<void> => {
        fewest = Math.min(fewest, (await deployment(rig)).status.availableReplicas ?? 0);
      };
      const label = "        app.kubernetes.io/part-of: drover\n";
      const bad = (text: string): string => text.replace(label, `${label}        rig.drover.dev/outcome: ${outcome}\n`);
      expect(bad(label)).toContain(outcome);
      await publish(rig, "2", bad);
      await vi.waitFor(async () => expect(await image(rig)).toBe("registry.example/agent:2"), { timeout: 20_000 });
      await vi.waitFor(
        async () => {
          await look();
          expect(rig.hub.statuses.get("team/agent")?.error?.code).toBe("DEPLOYMENT_TAKEN_BACK");
          expect(await image(rig)).toBe("registry.example/agent:1");
        },
        { timeout: 60_000, interval: 100 },
      );
      expect(fewest).toBe(2);
      expect(rig.hub.statuses.get("team/agent")?.error?.message).toContain("drover-agent");
    },
  );

  test("keeps what it lives from when its bundle is removed, until somebody approves it", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("poddisruptionbudgets/drover-agent", "networkpolicies/drover-agent");
    await using _installed = await install(rig, "wide");
    await rig.start();
    await publish(rig, "1");
    await rig.state("team/agent", "Ready");
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/agent", reason: "bundle-deleted", because: "commit c" }] });
    const { held = [] } = await rig.status("team/agent", ({ held: lines = [] }) => lines.length >= 6);
    const kinds = held.map((line) => line.slice(0, line.indexOf(" "))).toSorted();
    expect(kinds).toEqual(["ClusterRoleBinding", "Deployment", "Namespace", "Role", "RoleBinding", "ServiceAccount"]);
    expect(held.join("\n")).toContain("the agent itself lives from it: it is removed only when approved (plan ");
    // What it can do without goes.
    const budget = `/apis/policy/v1/namespaces/${rig.systemNamespace}/poddisruptionbudgets/drover-agent`;
    await vi.waitFor(async () => expect(await rig.get(budget)).toBeUndefined(), { timeout: 20_000 });
    expect((await deployment(rig)).status.availableReplicas).toBe(2);
  });
});
