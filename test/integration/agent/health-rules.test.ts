import { expect, test } from "vitest";
import type { HealthCheck } from "../../../shared/api/health-check.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, createAgentRig } from "./agent-rig.ts";

const rule: HealthCheck = {
  apiVersion: "rules.example.com/v1",
  kind: "Database",
  inProgress: "status.phase == 'Creating'",
  failed: "status.phase == 'Broken'",
  current: "status.phase == 'Running' && status.members.all(m, m.ready)",
};

async function databases(rig: AgentRig): Promise<string> {
  const group = `g${rig.namespace.slice("apps-".length)}.example.com`;
  const answer = await rig.cluster.request("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    method: "POST",
    body: {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: `databases.${group}` },
      spec: {
        group,
        scope: "Namespaced",
        names: { plural: "databases", singular: "database", kind: "Database", listKind: "DatabaseList" },
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
    },
  });
  expect(answer.status).toBe(201);
  return group;
}

function publish(rig: AgentRig, group: string, healthCheckExprs?: readonly HealthCheck[]): void {
  const object = { apiVersion: `${group}/v1`, kind: "Database", metadata: { name: "db" }, spec: { size: 1 } };
  const options = { defaultNamespace: rig.namespace, ...(healthCheckExprs === undefined ? {} : { healthCheckExprs }) };
  rig.hub.publish({ bundles: [{ bundle: "team/db", files: { "db.yaml": JSON.stringify(object) }, options }] });
}

async function setStatus(rig: AgentRig, group: string, status: object): Promise<void> {
  const path = `/apis/${group}/v1/namespaces/${rig.namespace}/databases/db`;
  await expect.poll(async () => (await rig.cluster.request(path)).status, { timeout: 15_000 }).toBe(200);
  const answer = await rig.cluster.request(`${path}/status`, {
    method: "PATCH",
    body: { status },
    contentType: "application/merge-patch+json",
  });
  expect(answer.status).toBe(200);
}

/** Waits until the object is not ready for a reason with these words, and returns the deployment's state then. */
async function waits(rig: AgentRig, words: string): Promise<string> {
  return (await rig.status("team/db", ({ notReady }) => notReady?.[0]?.message.includes(words) === true)).state;
}

async function putRules(rig: AgentRig, text: string): Promise<void> {
  const metadata = { name: "rules", labels: { "drover.dev/health-rules": "" } };
  const path = `/api/v1/namespaces/${rig.systemNamespace}/configmaps`;
  const body = { metadata, data: { "databases.yaml": text } };
  const made = await rig.cluster.request(path, { method: "POST", body });
  if (made.status === 201) return;
  expect((await rig.cluster.request(`${path}/rules`, { method: "PUT", body })).status).toBe(200);
}

describeWithKube("rules for health", () => {
  test("of a fleet.yaml decide when an object of a kind is ready", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const group = await databases(rig);
    await rig.start();
    publish(rig, group, [{ ...rule, apiVersion: `${group}/v1` }]);
    const place = "healthCheckExprs in fleet.yaml";
    expect(
      await waits(rig, `cannot be judged by ${place}: inProgress: the object has no field status (column 1)`),
    ).toBe("NotReady");
    await setStatus(rig, group, {
      phase: "Creating",
      conditions: [{ type: "Ready", status: "False", message: "waits for disks" }],
    });
    expect(await waits(rig, `is in progress by ${place}: waits for disks`)).toBe("NotReady");
    await setStatus(rig, group, { phase: "Broken", conditions: null });
    expect(await waits(rig, `has failed by ${place}`)).toBe("NotReady");
    await setStatus(rig, group, { phase: "Running", members: [{ ready: true }, { ready: false }] });
    expect(await waits(rig, `is not current yet by ${place}`)).toBe("NotReady");
    await setStatus(rig, group, { members: [{ ready: true }, { ready: true }] });
    await rig.state("team/db", "Ready");
    await setStatus(rig, group, { observedGeneration: 0 });
    expect(await waits(rig, "its controller has seen generation 0, not yet 1")).toBe("NotReady");
  });

  test("of a ConfigMap count without a commit, and after those of the fleet.yaml", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const group = await databases(rig);
    await rig.start();
    publish(rig, group);
    await setStatus(rig, group, { phase: "Running", members: [{ ready: false }] });
    await rig.state("team/db", "Ready");
    const write = (current: string): string =>
      `healthCheckExprs:\n- apiVersion: ${group}/v1beta1\n  kind: Database\n  current: ${current}\n`;
    await putRules(rig, write("status.members.all(m, m.ready)"));
    const place = `ConfigMap ${rig.systemNamespace}/rules, key databases.yaml`;
    expect(await waits(rig, `is not current yet by ${place}`)).toBe("NotReady");
    await putRules(rig, write("status.members.any(m, m.ready)"));
    expect(await waits(rig, `cannot be judged by ${place}: current: a value has no function any() (column 16)`)).toBe(
      "NotReady",
    );
    await putRules(rig, write("status.members.exists(m, !m.ready)"));
    await rig.state("team/db", "Ready");
    await putRules(rig, write(`"'no'"`));
    expect(await waits(rig, "the expression is neither true nor false")).toBe("NotReady");
    publish(rig, group, [{ ...rule, apiVersion: `${group}/v1`, current: "status.phase == 'Running'" }]);
    await rig.state("team/db", "Ready");
    publish(rig, group);
    expect(await waits(rig, "the expression is neither true nor false")).toBe("NotReady");
    const path = `/api/v1/namespaces/${rig.systemNamespace}/configmaps/rules`;
    await rig.cluster.request(path, { method: "DELETE" });
    await rig.state("team/db", "Ready");
  });

  test("of a ConfigMap that cannot be read are told in an Event on it", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    rig.hub.publish({ bundles: [{ bundle: "team/db", files: {}, options: {} }] });
    await rig.state("team/db", "Ready");
    await putRules(rig, "healthCheckExprs: yes please\n");
    const events = `/apis/events.k8s.io/v1/namespaces/${rig.systemNamespace}/events`;
    const note = expect.stringMatching(/^the rules of key databases\.yaml do not count: .*expected array/su);
    await expect
      .poll(async () => (await rig.cluster.request(events)).json, { timeout: 15_000 })
      .toMatchObject({
        items: [
          {
            reason: "HealthRulesInvalid",
            type: "Warning",
            regarding: { kind: "ConfigMap", name: "rules", uid: expect.any(String) },
            note,
          },
        ],
      });
  });

  test("that ask too much of an object end, and others go on", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const group = await databases(rig);
    await rig.start();
    const loop = "status.list.all(a, status.list.all(b, status.list.all(c, a + b + c >= 0)))";
    publish(rig, group, [{ apiVersion: `${group}/v1`, kind: "Database", current: loop }]);
    await setStatus(rig, group, { list: Array.from({ length: 5000 }, (_, index) => index) });
    expect(await waits(rig, "current: the expression takes more than 100000 steps")).toBe("NotReady");
  });
});
