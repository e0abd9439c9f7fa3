import { expect, test } from "vitest";
import { describeWithKube, sharedCluster, type SharedCluster } from "../../support/kube.ts";
import { startTlsServer } from "../../support/tls-server.ts";
import { type AgentRig, createAgentRig } from "./agent-rig.ts";
import { answerOf, planOf, refusalOf } from "./asked-rig.ts";

/** A workload of one pod; `outcome` is what kwok makes of it, none when the test plays the kubelet. */
function workload(pod: Readonly<Record<string, unknown>>, outcome = "run"): string {
  const labels = { app: "web", "rig.drover.dev/outcome": outcome };
  const template = { metadata: { labels }, spec: { containers: [{ name: "app", image: "nginx:1" }], ...pod } };
  const spec = { replicas: 1, selector: { matchLabels: { app: "web" } }, template };
  return JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec });
}

async function send(cluster: SharedCluster, path: string, body: unknown): Promise<void> {
  const method = path.endsWith("/status") ? "PATCH" : "POST";
  const contentType = method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
  const answer = await cluster.request(path, { method, body, contentType });
  if (answer.status > 201) throw new Error(`${path}: ${answer.text}`);
}

function publish(rig: AgentRig, file: string, options: Readonly<Record<string, unknown>> = {}): void {
  const files = { "web.yaml": file };
  rig.hub.publish({
    bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, ...options } }],
  });
}

describeWithKube("an agent that is asked why", () => {
  test("finds the pod's sentence and the Events about the object and all that it made", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    publish(rig, workload({}, "crash-loop"));
    await rig.status("team/app", (status) =>
      (status.notReady ?? []).some(({ message }) => message.includes("CrashLoop")),
    );
    const { objects } = answerOf(await rig.hub.ask({ kind: "events", bundle: "team/app" }), "events");
    expect(objects).toMatchObject([{ kind: "Deployment", name: "web", message: "0 of 1 replicas are available" }]);
    expect(objects[0]?.reason).toMatch(/^pod web-\S+: container app: CrashLoopBackOff, last exit code 1/u);
    const reasons = (objects[0]?.events ?? []).map(({ reason, object }) => `${object.split(" ")[0]} ${reason}`);
    expect(reasons).toEqual(
      expect.arrayContaining(["Deployment ScalingReplicaSet", "ReplicaSet SuccessfulCreate", "Pod Scheduled"]),
    );
  });

  test("repeats the last lines that the failing container logged, only where its settings allow it", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    const asked: string[] = [];
    await using kubelet = await startTlsServer(({ path }) => {
      asked.push(path);
      return "starting\npanic: no database at db:5432\n";
    });
    const node = `logs-${rig.namespace}`;
    await send(cluster, "/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: node } });
    const daemonEndpoints = { kubeletEndpoint: { Port: kubelet.port } };
    const addresses = [{ type: "InternalIP", address: "127.0.0.1" }];
    await send(cluster, `/api/v1/nodes/${node}/status`, { status: { addresses, daemonEndpoints } });
    await rig.start({ config: { showLogs: false } });
    publish(rig, workload({ nodeName: node, tolerations: [{ operator: "Exists" }] }));
    await rig.state("team/app", "NotReady");
    expect(refusalOf(await rig.hub.ask({ kind: "logs", bundle: "team/app" })).code).toBe("ANSWER_REFUSED");
    expect(asked).toEqual([]);
    await rig.stop();
    await rig.start({ config: { showLogs: false, answerLogs: true } });
    const { logs } = answerOf(await rig.hub.ask({ kind: "logs", bundle: "team/app" }), "logs");
    expect(logs).toMatchObject([
      { container: "app", previous: false, lines: ["starting", "panic: no database at db:5432"] },
    ]);
    expect(asked[0]).toContain("tailLines=20");
    await cluster.request(`/api/v1/nodes/${node}`, { method: "DELETE" });
  });

  test("finds objects of kinds that are always ready where a rule says that they are not", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    const rule = { apiVersion: "v1", kind: "ConfigMap", current: "data.done == 'yes'" };
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "work" }, data: { done: "no" } };
    publish(rig, JSON.stringify(map), { healthCheckExprs: [rule] });
    await rig.state("team/app", "NotReady");
    const { objects } = answerOf(await rig.hub.ask({ kind: "events", bundle: "team/app" }), "events");
    const message = "is not current yet by healthCheckExprs in fleet.yaml";
    expect(objects).toMatchObject([{ kind: "ConfigMap", name: "work", message }]);
  });

  test("asks under the deployment's own identity, and names the right that it lacks", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/first");
    await rig.start();
    publish(rig, JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "first" } }));
    await rig.state("team/app", "Ready");
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    await send(cluster, `/api/v1/namespaces/${rig.systemNamespace}/serviceaccounts`, { metadata: { name: "poor" } });
    const rules = [
      { apiGroups: ["apps", ""], resources: ["deployments", "configmaps"], verbs: ["*"] },
      { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
      { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
    ];
    await send(cluster, `${rbac}/clusterroles`, { metadata: { name: `poor-${rig.namespace}` }, rules });
    await send(cluster, `${rbac}/clusterrolebindings`, {
      metadata: { name: `poor-${rig.namespace}` },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `poor-${rig.namespace}` },
      subjects: [{ kind: "ServiceAccount", name: "poor", namespace: rig.systemNamespace }],
    });
    publish(rig, workload({}, "crash-loop"), { serviceAccount: "poor" });
    await rig.state("team/app", "NotReady");
    const { code, message } = refusalOf(await rig.hub.ask({ kind: "events", bundle: "team/app" }));
    expect(code).toBe("KUBE_FORBIDDEN");
    expect(message).toContain(`system:serviceaccount:${rig.systemNamespace}:poor`);
    expect(message).toMatch(/cannot list resource "replicasets" in API group "apps"/u);
    const service = JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { ports: [{ port: 80 }] },
    });
    const options = { defaultNamespace: rig.namespace, serviceAccount: "poor" };
    const first = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "first" } });
    const [plan] = await planOf(rig, [{ bundle: "team/app", files: { "a.yaml": service, "b.yaml": first }, options }]);
    expect(plan?.objects).toMatchObject([
      { action: "create", name: "first" },
      { action: "fail", name: "web", message: expect.stringContaining('cannot get resource "services"') },
    ]);
    await cluster.request(`${rbac}/clusterrolebindings/poor-${rig.namespace}`, { method: "DELETE" });
    await cluster.request(`${rbac}/clusterroles/poor-${rig.namespace}`, { method: "DELETE" });
  });
});
