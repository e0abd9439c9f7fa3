import { randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type KubeProxy, type ProxiedRequest, startKubeProxy } from "../../support/kube-proxy.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

const timeout = 120_000;
const flowcontrol = "/apis/flowcontrol.apiserver.k8s.io/v1";
const objects = 40;

function manyMaps(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}.yaml`, configMap(`map-${index}`)]));
}

function applies(proxy: KubeProxy, name: string): ProxiedRequest[] {
  return proxy.seen.filter(({ method, url }) => method === "PATCH" && url.pathname.endsWith(`/configmaps/${name}`));
}

async function create(rig: AgentRig, path: string, body: object): Promise<void> {
  const answer = await rig.cluster.request(path, { method: "POST", body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
}

/** Makes the API server put off all requests of a user but one at a time (API priority and fairness); disposing ends that. */
async function narrow(rig: AgentRig, user: string): Promise<AsyncDisposable> {
  const name = `narrow-${randomBytes(4).toString("hex")}`;
  const apiVersion = "flowcontrol.apiserver.k8s.io/v1";
  await create(rig, `${flowcontrol}/prioritylevelconfigurations`, {
    apiVersion,
    kind: "PriorityLevelConfiguration",
    metadata: { name },
    spec: {
      type: "Limited",
      limited: {
        nominalConcurrencyShares: 0,
        lendablePercent: 0,
        borrowingLimitPercent: 0,
        limitResponse: { type: "Reject" },
      },
    },
  });
  const rule = { verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true };
  await create(rig, `${flowcontrol}/flowschemas`, {
    apiVersion,
    kind: "FlowSchema",
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name },
      matchingPrecedence: 2,
      rules: [{ subjects: [{ kind: "User", user: { name: user } }], resourceRules: [rule] }],
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await rig.cluster.request(`${flowcontrol}/flowschemas/${name}`, { method: "DELETE" });
      await rig.cluster.request(`${flowcontrol}/prioritylevelconfigurations/${name}`, { method: "DELETE" });
    },
  };
}

/** Makes a service account for a deployment, beside the agent, which may do everything, and returns its user name. */
async function createDeployer(rig: AgentRig): Promise<string> {
  const { namespace, systemNamespace } = rig;
  for (const name of [namespace, systemNamespace]) await create(rig, "/api/v1/namespaces", { metadata: { name } });
  await create(rig, `/api/v1/namespaces/${systemNamespace}/serviceaccounts`, { metadata: { name: "deployer" } });
  await create(rig, `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    metadata: { name: "deployer" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: systemNamespace }],
  });
  return `system:serviceaccount:${systemNamespace}:deployer`;
}

/** Returns what `Retry-After` says to those of some requests at once that are put off. */
async function refusals(rig: AgentRig, user: string): Promise<unknown[]> {
  const path = `/api/v1/namespaces/${rig.namespace}/configmaps`;
  const answers = await Promise.all(Array.from({ length: 16 }, async () => rig.cluster.request(path, { as: user })));
  return answers.filter(({ status }) => status === 429).map(({ headers }) => headers["retry-after"]);
}

describeWithKube("towards an API server that has enough to do the agent", () => {
  test.concurrent("comes back when it says, until everything is applied", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    const user = await createDeployer(rig);
    await using _narrowed = await narrow(rig, user);
    await vi.waitFor(async () => expect(await refusals(rig, user)).toContain("1"), { timeout: 20_000 });
    await rig.start({ kubeUrl: proxy.url });
    const options = { defaultNamespace: rig.namespace, serviceAccount: "deployer" };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: manyMaps(objects), options }] });
    await vi.waitFor(() => expect(rig.hub.statuses.get("team/app")).toMatchObject({ state: "Ready" }), {
      timeout: 60_000,
    });
    const tries = Array.from({ length: objects }, (_, index) => applies(proxy, `map-${index}`));
    const gaps = tries.flatMap((all) =>
      all.slice(1).flatMap(({ atMs }, index) => (all[index]?.status === 429 ? [atMs - (all[index]?.atMs ?? 0)] : [])),
    );
    expect(gaps.length).toBeGreaterThan(0);
    expect(Math.min(...gaps)).toBeGreaterThan(990);
  });

  test.concurrent(
    "sends no more requests at once than it is set to, whatever there is to do",
    { timeout },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      await using proxy = await startKubeProxy(cluster);
      proxy.fault = () => ({ type: "delay", ms: 20 });
      await rig.start({ kubeUrl: proxy.url, config: { maxKubeRequests: 3 } });
      const bundle = (name: string) => ({
        bundle: `team/${name}`,
        files: Object.fromEntries(
          Object.entries(manyMaps(objects)).map(([file, text]) => [file, text.replace("map-", `${name}-`)]),
        ),
        options: { defaultNamespace: rig.namespace },
      });
      rig.hub.publish({ bundles: [bundle("one"), bundle("two")] });
      for (const name of ["one", "two"])
        await vi.waitFor(() => expect(rig.hub.statuses.get(`team/${name}`)?.state).toBe("Ready"), { timeout: 60_000 });
      expect(proxy.peak()).toBe(3);
    },
  );

  test.concurrent("hears and asks nothing of objects that are not its own", { timeout }, async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await using proxy = await startKubeProxy(cluster);
    await rig.start({ kubeUrl: proxy.url });
    const options = { defaultNamespace: rig.namespace };
    rig.hub.publish({ bundles: [{ bundle: "team/app", files: { "a.yaml": configMap("a") }, options }] });
    await rig.state("team/app", "Ready");
    const before = proxy.seen.length;
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    const names = Array.from({ length: 300 }, (_, index) => `foreign-${index}`);
    await Promise.all(names.map(async (name) => create(rig, path, { metadata: { name }, data: { a: "b" } })));
    // An edit of its own object comes over the same watch, after all of them.
    await rig.cluster.request(`${path}/a?fieldManager=somebody`, {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { data: { key: "edited" } },
    });
    await rig.state("team/app", "Modified");
    const asked = proxy.seen.slice(before).filter(({ url }) => url.pathname.startsWith(path));
    expect(asked.map(({ url }) => url.pathname)).toEqual([`${path}/a`, `${path}/a`]);
    expect(
      proxy.seen
        .slice(before)
        .map(({ url }) => url.pathname)
        .join(" "),
    ).not.toContain("foreign");
    expect(proxy.watched()).not.toContain("foreign-");
    expect(proxy.watched()).toContain('"name":"a"');
  });
});
