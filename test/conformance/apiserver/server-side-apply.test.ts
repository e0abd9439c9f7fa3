import { afterAll, beforeAll, expect, it } from "vitest";
import { builtInSchemas } from "../../../apiserver/resources/built-in-schemas.ts";
import type { KubeClient } from "../../kube/kube-request.ts";
import { describeWithKube, sharedBareCluster } from "../../support/kube.ts";
import { identified, type Step, type Target } from "./request-step.ts";
import { runSequence } from "./run-sequence.ts";

let cluster: KubeClient;
let names = 0;

beforeAll(async () => {
  // No controllers: nobody but the test may change the objects.
  cluster = await sharedBareCluster();
});

afterAll(() => {
  cluster[Symbol.dispose]();
});

function aTarget(group: string, version: string, [kind, plural]: readonly [string, string]): Target {
  const schema = builtInSchemas().forKind(group, version, kind);
  if (schema === undefined) throw new Error(`no schema for ${kind}`);
  names++;
  const hasStatus = schema.root.properties?.["status"] !== undefined;
  const name = `object-${names}`;
  return { group, version, kind, plural, namespace: "default", name, schema, hasStatus, builtIn: true };
}

const podSpec = { containers: [{ name: "web", image: "nginx:1" }] };

function aDeployment(): Target {
  return aTarget("apps", "v1", ["Deployment", "deployments"]);
}

function deploymentBody(target: Target, spec: Readonly<Record<string, unknown>> = {}) {
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: podSpec };
  return identified(target, {
    spec: { selector: { matchLabels: labels }, template, ...JSON.parse(JSON.stringify(spec)) },
  });
}

/** Returns how many steps came out the same on both sides; throws at the first that does not. */
async function run(target: Target, steps: readonly Step[]): Promise<number> {
  return (await runSequence(cluster, target, steps)).compared;
}

describeWithKube("server-side apply beside kube-apiserver", () => {
  it("creates a Deployment by apply, changes it and drops a field that nobody else owns", async () => {
    const target = aDeployment();
    const compared = await run(target, [
      { verb: "apply", manager: "gitops", body: deploymentBody(target, { replicas: 2, minReadySeconds: 5 }) },
      { verb: "apply", manager: "gitops", body: deploymentBody(target, { replicas: 3, minReadySeconds: 5 }) },
      { verb: "apply", manager: "gitops", body: deploymentBody(target, { replicas: 3 }) },
      { verb: "apply", manager: "gitops", body: deploymentBody(target) },
    ]);
    expect(compared).toBe(4);
  });

  it("takes another spelling of the same quantity for no change", async () => {
    const target = aDeployment();
    const resources = { limits: { cpu: "1000m", memory: "1024Mi" } };
    const template = {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "a:1", resources }] },
    };
    const step: Step = { verb: "apply", manager: "gitops", body: deploymentBody(target, { template }) };
    const compared = await run(target, [step, step, { ...step, manager: "other" }, step]);
    expect(compared).toBe(4);
  });

  it("reports conflicts with updaters and appliers, and takes the fields over by force", async () => {
    const target = aDeployment();
    const compared = await run(target, [
      { verb: "create", manager: "kubectl-create", body: deploymentBody(target, { replicas: 1, paused: true }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { replicas: 2 }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { replicas: 2, paused: false }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { replicas: 2 }), force: true },
      { verb: "apply", manager: "b", body: deploymentBody(target, { replicas: 4 }) },
      { verb: "apply", manager: "b", body: deploymentBody(target, { replicas: 2 }) },
      { verb: "apply", manager: "a", body: deploymentBody(target) },
      { verb: "apply", manager: "b", body: deploymentBody(target, { replicas: 5 }) },
    ]);
    expect(compared).toBe(8);
  });

  it("tracks updates and patches of every sort", async () => {
    const target = aDeployment();
    const compared = await run(target, [
      { verb: "create", manager: "one", body: deploymentBody(target, { replicas: 1 }) },
      { verb: "merge", manager: "two", body: { metadata: { labels: { a: "1", b: "2" } }, spec: { replicas: 4 } } },
      {
        verb: "strategic",
        manager: "three",
        body: { spec: { template: { spec: { containers: [{ name: "side", image: "busybox:1" }] } } } },
      },
      { verb: "json", manager: "four", body: [{ op: "remove", path: "/metadata/labels/a" }] },
      {
        verb: "update",
        manager: "five",
        body: (live) => ({ ...live, metadata: { ...live.metadata, labels: { c: "3" } } }),
      },
      { verb: "update", manager: "five", body: (live) => live },
      { verb: "merge", manager: "one", body: { metadata: { annotations: { x: "y" } } } },
    ]);
    expect(compared).toBe(7);
  });

  it("keeps status apart from the rest", async () => {
    const target = aDeployment();
    const condition = { type: "Available", status: "True", reason: "Ok", message: "fine" };
    const compared = await run(target, [
      { verb: "apply", manager: "gitops", body: { ...deploymentBody(target), status: { replicas: 3 } } },
      {
        verb: "merge",
        manager: "controller",
        subresource: "status",
        body: { status: { replicas: 2, observedGeneration: 1 } },
      },
      {
        verb: "apply",
        manager: "condition",
        subresource: "status",
        body: identified(target, { status: { conditions: [condition] } }),
      },
      {
        verb: "merge",
        manager: "controller",
        subresource: "status",
        body: { metadata: { labels: { no: "way" } }, spec: { replicas: 9 } },
      },
      { verb: "apply", manager: "gitops", body: deploymentBody(target, { replicas: 2 }) },
    ]);
    expect(compared).toBe(5);
  });

  it("lets kubectl move from client-side to server-side apply without a conflict", async () => {
    const target = aDeployment();
    const plain = deploymentBody(target, { replicas: 1 });
    const last = { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(plain)}\n` };
    const metadata = { ...plain.metadata, annotations: last };
    const compared = await run(target, [
      { verb: "create", manager: "kubectl-client-side-apply", body: { ...plain, metadata } },
      { verb: "merge", manager: "someone", body: { spec: { minReadySeconds: 7 } } },
      { verb: "apply", manager: "kubectl", body: deploymentBody(target, { replicas: 2 }) },
      { verb: "apply", manager: "other", body: deploymentBody(target, { replicas: 3 }) },
      { verb: "apply", manager: "kubectl", body: deploymentBody(target, { replicas: 2, minReadySeconds: 8 }) },
      { verb: "apply", manager: "kubectl", body: deploymentBody(target, { replicas: 2 }) },
    ]);
    expect(compared).toBe(6);
  });

  it("records what was there before the first apply, once managedFields were reset", async () => {
    const target = aDeployment();
    const compared = await run(target, [
      { verb: "create", manager: "one", body: deploymentBody(target, { replicas: 1 }) },
      { verb: "merge", manager: "two", body: { metadata: { managedFields: [{}] } } },
      { verb: "merge", manager: "two", body: { metadata: { labels: { a: "1" } } } },
      { verb: "apply", manager: "three", body: deploymentBody(target, { replicas: 1 }) },
      { verb: "apply", manager: "three", body: deploymentBody(target, { replicas: 2 }) },
      { verb: "apply", manager: "three", body: deploymentBody(target, { replicas: 2 }), force: true },
    ]);
    expect(compared).toBe(6);
  });

  it("forgets all owners when they are set to nothing", async () => {
    const target = aTarget("", "v1", ["ConfigMap", "configmaps"]);
    const compared = await run(target, [
      { verb: "create", manager: "one", body: identified(target, { data: { a: "1" } }) },
      { verb: "merge", manager: "two", body: { metadata: { managedFields: [] } } },
      { verb: "update", manager: "two", body: (live) => ({ ...live, data: { b: "2" } }) },
      { verb: "apply", manager: "three", body: identified(target, { data: { b: "3" } }) },
    ]);
    expect(compared).toBe(4);
  });

  it("merges the oldest of more than ten updaters", async () => {
    const target = aTarget("", "v1", ["ConfigMap", "configmaps"]);
    const updates = Array.from({ length: 14 }, (_, index): Step => {
      return { verb: "merge", manager: `updater-${index}`, body: { data: { [`key-${index}`]: "value" } } };
    });
    const create: Step = { verb: "create", manager: "creator", body: identified(target, { data: { first: "1" } }) };
    const { object } = await runSequence(cluster, target, [create, ...updates]);
    expect(object?.metadata.managedFields?.map(({ manager }) => manager)).toContain("ancient-changes");
  });

  it("refuses what does not fit the schema in kube-apiserver's words", async () => {
    const target = aDeployment();
    const twice = { containers: [...podSpec.containers, ...podSpec.containers] };
    const compared = await run(target, [
      { verb: "apply", manager: "a", body: deploymentBody(target, { foo: 1 }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { replicas: "three" }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { template: { spec: twice } }) },
      {
        verb: "apply",
        manager: "a",
        body: deploymentBody(target, { template: { spec: { containers: [null] } } }),
      },
      { verb: "apply", manager: "a", body: deploymentBody(target, { template: { spec: { containers: { a: 1 } } } }) },
      { verb: "apply", manager: "a", body: deploymentBody(target, { template: [1, "x"] }) },
      {
        verb: "apply",
        manager: "a",
        body: { ...deploymentBody(target), metadata: { name: target.name, managedFields: [] } },
      },
    ]);
    expect(compared).toBe(7);
  });
});
