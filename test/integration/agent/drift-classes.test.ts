import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { DeploymentOptions } from "../../../shared/api/deployment-options.ts";
import { describeWithKube, sharedCluster, type SharedCluster } from "../../support/kube.ts";
import { startTlsServer } from "../../support/tls-server.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";

async function settle(
  rig: AgentRig,
  files: Readonly<Record<string, string>>,
  options: DeploymentOptions = {},
): Promise<void> {
  await rig.start();
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, ...options } }],
  });
  await rig.state("team/app", "Ready");
}

function mapPath(rig: AgentRig, name: string): string {
  return `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
}

async function patch(cluster: SharedCluster, path: string, body: unknown): Promise<void> {
  const answer = await cluster.request(path, { method: "PATCH", contentType: "application/merge-patch+json", body });
  if (answer.status !== 200) throw new Error(answer.text);
}

const job = JSON.stringify({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "nightly" },
  spec: {
    schedule: "0 3 * * *",
    jobTemplate: {
      spec: {
        template: { spec: { restartPolicy: "Never", containers: [{ name: "app", image: "a:1", args: ["one"] }] } },
      },
    },
  },
});

describeWithKube("drift of each class", () => {
  test("tells what was changed by hand, by a controller, deleted and added to a list", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await settle(rig, { "a.yaml": configMap("a", { hand: "1", machine: "1", gone: "1" }), "job.yaml": job });
    await patch(cluster, `${mapPath(rig, "a")}?fieldManager=kubectl-patch`, { data: { hand: "2", gone: null } });
    await patch(cluster, `${mapPath(rig, "a")}?fieldManager=tuner`, { data: { machine: "2" } });
    const template = { spec: { containers: [{ name: "app", image: "a:1", args: ["one", "two"] }] } };
    await patch(cluster, `/apis/batch/v1/namespaces/${rig.namespace}/cronjobs/nightly?fieldManager=tuner`, {
      spec: { jobTemplate: { spec: { template } } },
    });
    const { drift } = await rig.status(
      "team/app",
      (status) => status.drift?.flatMap(({ fields }) => fields).length === 4,
    );
    const shown = drift?.flatMap(({ fields }) => fields.map((field) => [field.path, field.class, field.manager]));
    expect(shown?.toSorted()).toEqual([
      ["data.gone", "deleted", undefined],
      ["data.hand", "by-hand", "kubectl-patch"],
      ["data.machine", "by-controller", "tuner"],
      ["spec.jobTemplate.spec.template.spec.containers[name=app].args", "added", "tuner"],
    ]);
  });

  test("of field managers that comparePatches name is not reported", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const comparePatches = [{ apiVersion: "v1", kind: "ConfigMap", fieldManagers: ["tun*"] }];
    await settle(rig, { "a.yaml": configMap("a", { hand: "1", machine: "1" }) }, { diff: { comparePatches } });
    await patch(cluster, `${mapPath(rig, "a")}?fieldManager=tuner`, { data: { machine: "2" } });
    await patch(cluster, `${mapPath(rig, "a")}?fieldManager=kubectl-edit`, { data: { hand: "2" } });
    const { drift } = await rig.state("team/app", "Modified");
    expect(drift?.[0]?.fields.map(({ path }) => path)).toEqual(["data.hand"]);
  });

  test("of a controller that fights is corrected five times, then left alone and reported with its name", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await settle(rig, { "a.yaml": configMap("a") }, { correctDrift: { enabled: true } });
    const done = new AbortController();
    const fight = (async () => {
      while (!done.signal.aborted) {
        const answer = await cluster.request(mapPath(rig, "a"));
        if (answer.text.includes('"key":"value"'))
          await patch(cluster, `${mapPath(rig, "a")}?fieldManager=fighter`, { data: { key: "mine" } });
        await delay(20);
      }
    })();
    const { drift, corrected } = await rig.status("team/app", (status) => status.drift?.[0]?.message !== undefined);
    expect(drift?.[0]?.message).toMatch(
      /^fighter changes it again and again: it was put back 5 times in a row and is/u,
    );
    expect(corrected?.count).toBe(5);
    done.abort();
    await fight;
    expect(await rig.get(mapPath(rig, "a"))).toMatchObject({ data: { key: "mine" } });
  });

  test("is Unknown while a webhook is away, with its name, and is looked for again by itself", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using webhook = await startTlsServer(() => "");
    await settle(rig, { "a.yaml": configMap("a") });
    await webhook.stop();
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    const made = await cluster.request(path, {
      method: "POST",
      body: {
        metadata: { name: rig.namespace },
        webhooks: [
          {
            name: "guard.example.com",
            failurePolicy: "Fail",
            sideEffects: "None",
            admissionReviewVersions: ["v1"],
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": rig.namespace } },
            // Away for dry runs only, so that the edit below gets through.
            matchConditions: [{ name: "dry-runs", expression: "request.dryRun" }],
            clientConfig: { url: `${webhook.url}/`, caBundle: webhook.caBundle },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] }],
          },
        ],
      },
    });
    expect(made.status).toBe(201);
    await expect
      .poll(async () => (await cluster.request(`${mapPath(rig, "a")}?dryRun=All`, { method: "DELETE" })).status)
      .toBe(500);
    await patch(cluster, `${mapPath(rig, "a")}?fieldManager=kubectl-edit`, { data: { key: "value", more: "1" } });
    const { drift, state } = await rig.status("team/app", (status) => status.drift?.[0]?.type === "unknown");
    expect(drift?.[0]?.message).toMatch(/failed calling webhook "guard\.example\.com".*refused/u);
    expect(state).not.toBe("Modified");
    await cluster.request(`${path}/${rig.namespace}`, { method: "DELETE" });
    await rig.status("team/app", (status) => status.drift === undefined && status.state === "Ready");
  });
});
