import { expect, it } from "vitest";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer } from "../../support/git-server.ts";
import { createMovableClock } from "../../support/movable-clock.ts";
import { registerAgent, startHub } from "./hub-rig.ts";

const file = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app }\ndata: { value: "${value}" }\n`;

const dayMs = 86_400_000;

it.each([
  { name: "a day forward", byMs: dayMs },
  { name: "a year forward", byMs: 365 * dayMs },
  { name: "a day back", byMs: -dayMs },
  { name: "a year back", byMs: -365 * dayMs },
])(
  "a hub whose clock is set $name goes on polling, and takes no cluster for silent",
  { timeout: 60_000 },
  async (jump) => {
    const clock = createMovableClock();
    await using git = await startGitServer();
    await using hub = await startHub("sqlite", { clock, args: ["--offline-after-seconds", "20"] });
    const repo = await git.createRepository("config");
    await git.commit("config", { message: "first", files: { "app/cm.yaml": file("1") } });
    const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: {} }] };
    const gitRepo = { apiVersion: "fleet.cattle.io/v1alpha1", kind: "GitRepo", spec };
    await hub.apply({ ...gitRepo, metadata: { name: "config", namespace: "fleet-default" } });
    const agent = await registerAgent(hub, "east");
    await until("the bundle is aimed at it", async () => (await agent.document()).deployments.length === 1);
    const { tag, deployments } = await agent.document();
    const [wanted] = deployments;
    const ready = {
      bundle: wanted?.bundle ?? "",
      state: "Ready" as const,
      appliedDeploymentId: wanted?.deploymentId ?? "",
    };
    await agent.checkIn({ full: true, statuses: [ready], tag, holds: [ready.bundle] });

    const held = agent.checkIn({ tag, holds: [ready.bundle], waitMs: 30_000 });
    clock.set(jump.byMs);
    // Two looks of the watch over silent agents.
    const watched = new Promise((resolve) => {
      setTimeout(resolve, 5500);
    });
    await watched;
    const status = await hub.kubectl(["get", "cluster", "east", "-o", "jsonpath={.status.conditions[0].status}"]);
    expect(status.stdout).toBe("True");
    // The request that was held over the jump is answered by a commit made after it, and not before.
    await git.commit("config", { message: "second", files: { "app/cm.yaml": file("2") } });
    const answer = await held;
    expect(answer.status).toBe(200);
    expect(answer.json["tag"]).not.toBe(tag);
  },
);
