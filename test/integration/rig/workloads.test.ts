import { beforeAll, expect, it } from "vitest";
import { createTestNamespace, describeWithKube, type SharedCluster, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";

function deployment(name: string, labels: Record<string, string> = {}): unknown {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name: "main", image: "example.com/app:1" }] },
      },
    },
  };
}

function job(name: string, outcome: string): unknown {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { "rig.drover.dev/outcome": outcome } },
        spec: { restartPolicy: "Never", containers: [{ name: "main", image: "example.com/job:1" }] },
      },
    },
  };
}

describeWithKube("the shared cluster", () => {
  let cluster: SharedCluster;

  beforeAll(async () => {
    cluster = await sharedCluster();
  });

  async function apply(namespace: string, ...objects: readonly unknown[]): Promise<void> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    const options = { kubeconfigPath: cluster.kubeconfigPath, stdin: JSON.stringify(list) };
    const { exitCode, stderr } = await kubectl(["apply", "-n", namespace, "-f", "-"], options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  }

  async function waitFor(namespace: string, object: string, condition: string): Promise<string> {
    const args = ["wait", "-n", namespace, object, `--for=${condition}`, "--timeout=30s"];
    const { stdout, stderr } = await kubectl(args, cluster);
    return stdout + stderr;
  }

  it("runs the three pods of a Deployment", async () => {
    await using namespace = await createTestNamespace(cluster);
    await apply(namespace.name, deployment("web"));
    expect(await waitFor(namespace.name, "deployment/web", "condition=Available")).toContain("condition met");
    expect(await waitFor(namespace.name, "deployment/web", "jsonpath={.status.readyReplicas}=3")).toContain("met");
  });

  it("completes one Job and fails another, as their pods' labels say", async () => {
    await using namespace = await createTestNamespace(cluster);
    await apply(namespace.name, job("works", "complete"), job("breaks", "fail"), job("lasts", "run"));
    expect(await waitFor(namespace.name, "job/works", "condition=Complete")).toContain("condition met");
    expect(await waitFor(namespace.name, "job/breaks", "condition=Failed")).toContain("condition met");
    expect(await waitFor(namespace.name, "job/lasts", "jsonpath={.status.active}=1")).toContain("condition met");
  });

  it.each([
    { outcome: "crash-loop", reason: "CrashLoopBackOff" },
    { outcome: "pull-error", reason: "ImagePullBackOff" },
  ])("leaves containers in $reason where the pods' label says $outcome", async ({ outcome, reason }) => {
    await using namespace = await createTestNamespace(cluster);
    await apply(namespace.name, deployment("web", { "rig.drover.dev/outcome": outcome }));
    const state = `jsonpath={.status.containerStatuses[0].state.waiting.reason}=${reason}`;
    await waitFor(namespace.name, "deployment/web", "jsonpath={.status.replicas}=3");
    const args = ["wait", "-n", namespace.name, "pod", "-l", "app=web", `--for=${state}`, "--timeout=30s"];
    const { stdout } = await kubectl(args, cluster);
    expect(stdout.match(/condition met/gu)).toHaveLength(3);
  });

  it("empties and removes a namespace that is deleted", async () => {
    const namespace = await createTestNamespace(cluster);
    await apply(namespace.name, deployment("web"));
    await namespace[Symbol.asyncDispose]();
    expect(await waitFor(namespace.name, `namespace/${namespace.name}`, "delete")).toMatch(/condition met|not found/u);
  });
});
