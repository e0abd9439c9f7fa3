import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { describeWithKube, programPath, type SharedCluster, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { type AgentRig, createAgentRig } from "./agent-rig.ts";

const run = promisify(execFile);

/** A chart with a Deployment, and a ConfigMap whose keys are its values. */
const chart: Readonly<Record<string, string>> = {
  "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "values.yaml": "data: {}\n",
  "templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}, labels: { app.kubernetes.io/managed-by: {{ .Release.Service }} } }\ndata:\n  {{- toYaml .Values.data | nindent 2 }}\n",
  "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: 1
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec: { containers: [{ name: main, image: "example.com/web:1", env: [{ name: A, value: "1" }] }] }
`,
};

interface Release {
  readonly rig: AgentRig;
  readonly cluster: SharedCluster;
  helm(...words: readonly string[]): Promise<string>;
  /** Lets the agent have the chart with these values, under the name of the release. */
  publish(data: Readonly<Record<string, string>>, more?: object): void;
  map(): Promise<{ readonly data: unknown; readonly metadata: Readonly<Record<string, unknown>> }>;
  field(object: string, path: string): Promise<string>;
}

async function withRelease(use: (release: Release) => Promise<void>): Promise<void> {
  const cluster = await sharedCluster();
  await using rig = await createAgentRig(cluster);
  await using dir = await createTempDir("adoption");
  const { namespace } = rig;
  for (const [name, text] of Object.entries(chart)) {
    await mkdir(dirname(join(dir.path, name)), { recursive: true });
    await writeFile(join(dir.path, name), text);
  }
  const program = await programPath("helm");
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfigPath, HELM_CACHE_HOME: dir.path };
  const release: Release = {
    rig,
    cluster,
    helm: async (...words) => (await run(program, [...words, "--namespace", namespace], { env })).stdout,
    publish: (data, more = {}) => {
      const helm = { releaseName: "web", values: { data }, ...more };
      rig.hub.publish({ bundles: [{ bundle: "team/web", files: chart, options: { namespace, helm } }] });
    },
    map: async () => {
      const live = await rig.get(`/api/v1/namespaces/${namespace}/configmaps/web`);
      return live as Awaited<ReturnType<Release["map"]>>;
    },
    field: async (object, path) =>
      (await kubectl(["get", object, "-n", namespace, "-o", `jsonpath=${path}`], cluster)).stdout,
  };
  await release.helm("install", "web", dir.path, "--create-namespace", "--set", "data.color=red,data.size=small");
  await use(release);
}

describeWithKube("objects that Helm installed", () => {
  test("become ours without a restart: a changed value arrives, a dropped key goes, and the old release removes nothing", async () => {
    await withRelease(async ({ rig, helm, publish, map, field }) => {
      const pods = await vi.waitFor(async () => {
        const hash = await field("replicasets", "{.items[*].metadata.labels.pod-template-hash}");
        expect(hash).not.toBe("");
        return hash;
      });
      const uid = await field("deployment/web", "{.metadata.uid}");
      await rig.start();
      publish({ color: "red", size: "small" });
      await rig.state("team/web", "Ready");
      const adopted = await map();
      expect(adopted.data).toEqual({ color: "red", size: "small" });
      expect(JSON.stringify(adopted.metadata)).not.toMatch(/meta\.helm\.sh|"manager":"helm"/u);
      publish({ color: "blue" });
      await vi.waitFor(async () => expect((await map()).data).toEqual({ color: "blue" }), { timeout: 10_000 });
      expect(await field("replicasets", "{.items[*].metadata.labels.pod-template-hash}")).toBe(pods);
      expect(await field("deployment/web", "{.metadata.uid}")).toBe(uid);
      await helm("uninstall", "web");
      expect((await map()).data).toEqual({ color: "blue" });
      expect(await field("deployment/web", "{.metadata.uid}")).toBe(uid);
      await rig.state("team/web", "Ready");
    });
  });

  test("are adopted when Git already says something else than the release", async () => {
    await withRelease(async ({ rig, publish, map }) => {
      await rig.start();
      publish({ color: "green", size: "small" });
      await rig.state("team/web", "Ready");
      expect((await map()).data).toEqual({ color: "green", size: "small" });
    });
  });

  test("of another release are left alone, and named, until takeOwnership", async () => {
    await withRelease(async ({ rig, publish, map, cluster }) => {
      const marks = ["meta.helm.sh/release-name=other", "--overwrite"];
      await kubectl(["annotate", "configmap", "web", "-n", rig.namespace, ...marks], cluster);
      await kubectl(["annotate", "deployment", "web", "-n", rig.namespace, ...marks], cluster);
      await rig.start();
      publish({ color: "green" });
      const { error } = await rig.status("team/web", (status) => status.error !== undefined);
      expect(error?.message).toMatch(/data\.color/u);
      expect((await map()).data).toEqual({ color: "red", size: "small" });
      publish({ color: "green" }, { takeOwnership: true });
      await rig.state("team/web", "Ready");
      expect((await map()).data).toEqual({ color: "green" });
    });
  });

  test("that bear Fleet's marks wait while Fleet's agent runs", async () => {
    await withRelease(async ({ rig, publish, map, cluster }) => {
      const on = async (...words: readonly string[]) => kubectl(words, cluster);
      for (const object of ["configmap/web", "deployment/web"])
        await on("annotate", object, "-n", rig.namespace, "objectset.rio.cattle.io/id=default-web");
      await on("create", "namespace", "cattle-fleet-system");
      await on("create", "deployment", "fleet-agent", "-n", "cattle-fleet-system", "--image=example.com/fleet:1");
      try {
        await rig.start();
        publish({ color: "green" });
        const { error } = await rig.status("team/web", (status) => status.error !== undefined);
        expect(error?.message).toContain("scale Deployment fleet-agent in cattle-fleet-system to 0");
        expect((await map()).data).toEqual({ color: "red", size: "small" });
        await on("scale", "deployment", "fleet-agent", "-n", "cattle-fleet-system", "--replicas=0");
        await rig.state("team/web", "Ready");
        expect((await map()).data).toEqual({ color: "green" });
      } finally {
        await on("delete", "namespace", "cattle-fleet-system", "--wait=false");
      }
    });
  });
});
