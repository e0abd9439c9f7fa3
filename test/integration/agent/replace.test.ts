import { expect, test, vi } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { configMap, createAgentRig, type AgentRig } from "./agent-rig.ts";
import { crashAt } from "./crash-at.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 90_000;
const asked = { "drover.dev/replace": "true" };

interface Case {
  readonly name: string;
  readonly path: string;
  readonly before: object;
  readonly after: object;
}

const pod = (labels: object = {}) => ({
  metadata: { labels },
  spec: { restartPolicy: "Never", containers: [{ name: "a", image: "registry.example/a:1" }] },
});
const roleRef = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name });

const cases: readonly Case[] = [
  {
    name: "Job",
    path: "/apis/batch/v1/namespaces/NS/jobs/x",
    before: { apiVersion: "batch/v1", kind: "Job", spec: { template: pod() } },
    after: { apiVersion: "batch/v1", kind: "Job", spec: { completions: 2, template: pod({ a: "b" }) } },
  },
  {
    name: "immutable ConfigMap",
    path: "/api/v1/namespaces/NS/configmaps/x",
    before: { apiVersion: "v1", kind: "ConfigMap", immutable: true, data: { a: "1" } },
    after: { apiVersion: "v1", kind: "ConfigMap", immutable: true, data: { a: "2" } },
  },
  {
    name: "Secret of another type",
    path: "/api/v1/namespaces/NS/secrets/x",
    before: { apiVersion: "v1", kind: "Secret", type: "Opaque", stringData: { a: "1" } },
    after: { apiVersion: "v1", kind: "Secret", type: "example.com/other", stringData: { a: "1" } },
  },
  {
    name: "Service that becomes headless",
    path: "/api/v1/namespaces/NS/services/x",
    before: { apiVersion: "v1", kind: "Service", spec: { ports: [{ port: 80 }] } },
    after: { apiVersion: "v1", kind: "Service", spec: { clusterIP: "None", ports: [{ port: 80 }] } },
  },
  {
    name: "RoleBinding",
    path: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings/x",
    before: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", roleRef: roleRef("a") },
    after: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", roleRef: roleRef("b") },
  },
];

function named(object: object, annotations: object = {}): string {
  return JSON.stringify({ ...object, metadata: { name: "x", annotations } });
}

function bundleOf(rig: AgentRig, files: Readonly<Record<string, string>>, helm: object = {}) {
  return { bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace, helm: { ...helm } } }] };
}

function uidOf(object: unknown): string {
  return /"uid":"([^"]+)"/u.exec(JSON.stringify(object))?.[1] ?? "";
}

function claim(storageClassName: string): string {
  const spec = { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  return named({ apiVersion: "v1", kind: "PersistentVolumeClaim", spec }, asked);
}

function job(completions: number, template: object): string {
  return named({ apiVersion: "batch/v1", kind: "Job", spec: { completions, template } }, asked);
}

function set(serviceName: string): string {
  const spec = {
    serviceName,
    selector: { matchLabels: { app: "x" } },
    template: { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "a", image: "example/a:1" }] } },
  };
  return named({ apiVersion: "apps/v1", kind: "StatefulSet", spec });
}

function frozen(version: string): Record<string, string> {
  return { "x.yaml": named({ ...cases[1]?.before, data: { version } }, asked) };
}

describeWithKube("a field that cannot be changed", () => {
  test.concurrent.each(cases)("of a $name is named, and replaced when asked", { timeout }, async (one) => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("configmaps/other", /\/x$/u);
    const path = one.path.replace("NS", rig.namespace);
    await rig.start();
    rig.hub.publish(bundleOf(rig, { "x.yaml": named(one.before) }));
    await vi.waitFor(() => expect(rig.hub.statuses.get("team/app")?.appliedDeploymentId).toBeDefined(), {
      timeout: 20_000,
    });
    const before = await rig.get(path);
    rig.hub.publish(bundleOf(rig, { "x.yaml": named(one.after), "other.yaml": configMap("other") }));
    const refused = await rig.state("team/app", "ErrApplied");
    expect(refused.error?.code).toBe("OBJECT_IMMUTABLE");
    expect(refused.error?.message).toMatch(/x cannot be changed in place: .*drover\.dev\/replace: "true"/u);
    expect(uidOf(await rig.get(path))).toBe(uidOf(before));
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/other`)).toBeDefined();
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
    const ready = rig.hub.statuses.get("team/app")?.appliedDeploymentId;
    rig.hub.publish(bundleOf(rig, { "x.yaml": named(one.after, asked), "other.yaml": configMap("other") }));
    await vi.waitFor(() => expect(rig.hub.statuses.get("team/app")?.appliedDeploymentId).not.toBe(ready), {
      timeout: 20_000,
    });
    expect(uidOf(await rig.get(path))).not.toBe(uidOf(before));
    expect(await cluster.deletions(rig.namespace)).toEqual(["x"]);
    // The new one is owned: it goes with the bundle.
    rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
    await vi.waitFor(() => expect(rig.hub.gone).toContain("team/app"), { timeout: 30_000 });
    expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["other", "x", "x"]);
  });

  test.concurrent("of a claim is never worked around, whatever is asked", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    rig.hub.publish(bundleOf(rig, { "x.yaml": claim("a") }, { force: true }));
    await vi.waitFor(() => expect(rig.hub.statuses.get("team/app")?.appliedDeploymentId).toBeDefined(), {
      timeout: 20_000,
    });
    rig.hub.publish(bundleOf(rig, { "x.yaml": claim("b") }, { force: true }));
    const { error } = await rig.status("team/app", (status) => status.error?.code === "OBJECT_IMMUTABLE");
    expect(error?.message).toMatch(/a PersistentVolumeClaim is never replaced, since its data would go with it/u);
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent("does not cost an object that could not be made again", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    await rig.start();
    rig.hub.publish(bundleOf(rig, { "x.yaml": job(1, pod()) }));
    await rig.state("team/app", "Ready");
    rig.hub.publish(bundleOf(rig, { "x.yaml": job(-1, pod({ a: "b" })) }));
    const { error } = await rig.state("team/app", "ErrApplied");
    expect(error?.message).toMatch(/it is not replaced, since it could not be made: .*completions/u);
    expect(await cluster.deletions(rig.namespace)).toEqual([]);
  });

  test.concurrent("of a StatefulSet leaves its pods running under the new one", { timeout }, async () => {
    await using cluster = await auditedSharedCluster();
    await using rig = await createAgentRig(cluster);
    rig.mayDelete("statefulsets/x");
    await rig.start();
    rig.hub.publish(bundleOf(rig, { "x.yaml": set("one") }));
    await rig.state("team/app", "Ready");
    const podPath = `/api/v1/namespaces/${rig.namespace}/pods/x-0`;
    const before = await rig.get(podPath);
    rig.hub.publish(bundleOf(rig, { "x.yaml": set("two") }, { force: true }));
    await vi.waitFor(
      async () =>
        expect(await rig.get(`/apis/apps/v1/namespaces/${rig.namespace}/statefulsets/x`)).toMatchObject({
          spec: { serviceName: "two" },
        }),
      { timeout: 30_000 },
    );
    await rig.state("team/app", "Ready");
    expect(uidOf(await rig.get(podPath))).toBe(uidOf(before));
    expect(await cluster.deletions(rig.namespace)).toEqual(["x"]);
  });

  test.concurrent.each(["replace-delete", "replace-deleted", "replace-created"] as const)(
    "is replaced once although the agent is killed at %s",
    { timeout },
    async (step) => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      rig.mayDelete("configmaps/x");
      await rig.start();
      rig.hub.publish(bundleOf(rig, frozen("1")));
      await rig.state("team/app", "Ready");
      await rig.stop();
      rig.hub.publish(bundleOf(rig, frozen("2")));
      await crashAt(rig, step);
      await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
      await vi.waitFor(
        async () =>
          expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/x`)).toMatchObject({
            data: { version: "2" },
          }),
        { timeout: 30_000 },
      );
      await rig.state("team/app", "Ready");
      expect(await cluster.deletions(rig.namespace)).toEqual(["x"]);
      // Still owned: what leaves Git goes.
      rig.hub.publish(bundleOf(rig, { "web.yaml": webDeployment("ready", "1") }));
      await vi.waitFor(async () => expect(await cluster.deletions(rig.namespace)).toEqual(["x", "x"]), {
        timeout: 30_000,
      });
    },
  );
});
