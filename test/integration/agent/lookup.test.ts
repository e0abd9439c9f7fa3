import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import * as z from "zod";
import { describeWithKube, programPath, sharedCluster } from "../../support/kube.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { crashAt } from "./crash-at.ts";

const run = promisify(execFile);
const secretList = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()) })),
});
const withData = z.object({ data: z.record(z.string(), z.string()) });

/** The way of most public charts to keep a password: what is there, else a new one. */
const keptPassword = [
  '{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-db" .Release.Name) }}',
  "apiVersion: v1",
  "kind: Secret",
  "metadata: {name: '{{ .Release.Name }}-db'}",
  "data:",
  "  password: {{ if $old }}{{ index $old.data `password` }}{{ else }}{{ randAlphaNum 24 | b64enc }}{{ end }}",
].join("\n");

/** Made only where it is not there yet: when looked up again after our own apply, it would go. */
const onlyOnce = [
  '{{- if not (lookup "v1" "ConfigMap" .Release.Namespace (printf "%s-once" .Release.Name)) }}',
  configMap("{{ .Release.Name }}-once", { word: "{{ .Values.word }}" }),
  "{{- end }}",
].join("\n");

const chart = {
  "Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
  "templates/secret.yaml": keptPassword,
  "templates/once.yaml": onlyOnce,
  "templates/word.yaml": configMap("{{ .Release.Name }}-word", { word: "{{ .Values.word }}" }),
};

/** What templates see of looked-up objects: types, numbers, lists, absent ones. */
const seenTemplate = configMap("{{ .Release.Name }}-seen", {
  secret: "{{ (lookup `v1` `Secret` .Release.Namespace `seed`).data.password }}",
  kinds:
    "{{ with lookup `v1` `Service` .Release.Namespace `seed` }}{{ (index .spec.ports 0).port }} {{ kindOf (index .spec.ports 0).port }} {{ .kind }}{{ end }}",
  list: "{{ range (lookup `v1` `Secret` .Release.Namespace ``).items }}{{ if hasPrefix `seed` .metadata.name }}{{ .kind }} {{ .apiVersion }} {{ .metadata.name }},{{ end }}{{ end }}",
  absent:
    "{{ lookup `v1` `Secret` .Release.Namespace `absent` }} {{ len (lookup `v1` `Secret` .Release.Namespace `absent`) }}",
  listKind: "{{ (lookup `v1` `Secret` .Release.Namespace ``).kind }}",
  nothing: "{{ len (lookup `apps/v1` `Deployment` .Release.Namespace ``).items }}",
});

function script(rig: AgentRig, word: string, more: { files?: Record<string, string>; options?: object } = {}) {
  const options = {
    defaultNamespace: rig.namespace,
    helm: { releaseName: "eu", values: { word } },
    ...more.options,
  };
  return { bundles: [{ bundle: "team/db", files: more.files ?? chart, options }] };
}

async function makeNamespace(name: string): Promise<void> {
  const cluster = await sharedCluster();
  await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name } } });
}

async function make(namespace: string, kind: string, body: object): Promise<void> {
  const cluster = await sharedCluster();
  await makeNamespace(namespace);
  const made = await cluster.request(`/api/v1/namespaces/${namespace}/${kind}`, { method: "POST", body });
  if (made.status !== 201) throw new Error(`cannot make ${kind}: ${made.status} ${made.text}`);
}

async function data(rig: AgentRig, path: string): Promise<Record<string, string> | undefined> {
  const object = await rig.get(`/api/v1/namespaces/${rig.namespace}/${path}`);
  return withData.optional().parse(object)?.data;
}

/** Returns what agents keep of renders, of the Secrets of a namespace. */
function memories(secrets: unknown): readonly unknown[] {
  const kept = secretList.parse(secrets).items.filter(({ metadata }) => metadata.name.startsWith("drover-random-"));
  expect(kept).toHaveLength(1);
  return kept;
}

async function helm(args: readonly string[], files: Readonly<Record<string, string>>): Promise<void> {
  await using dir = await createTempDir("helm-lookup");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir.path, "chart", name)), { recursive: true });
    await writeFile(join(dir.path, "chart", name), text);
  }
  const { kubeconfigPath } = await sharedCluster();
  const homes = Object.fromEntries(
    ["CACHE", "CONFIG", "DATA"].map((kind) => [`HELM_${kind}_HOME`, join(dir.path, kind)]),
  );
  const env = { ...process.env, ...homes, KUBECONFIG: kubeconfigPath };
  await run(await programPath("helm"), [...args.slice(0, 2), join(dir.path, "chart"), ...args.slice(2)], { env });
}

describeWithKube("a chart that looks things up", () => {
  test("keeps its password over an upgrade, as with helm", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.mayDelete("configmaps/eu-once");
    await rig.start();
    rig.hub.publish(script(rig, "one"));
    await rig.state("team/db", "Ready");
    const first = await data(rig, "secrets/eu-db");
    expect(first?.["password"]).toHaveLength(32);
    expect(await data(rig, "configmaps/eu-once")).toEqual({ word: "one" });

    rig.hub.publish(script(rig, "two"));
    await vi.waitFor(async () => expect(await data(rig, "configmaps/eu-word")).toEqual({ word: "two" }), 20_000);
    await rig.state("team/db", "Ready");
    expect(await data(rig, "secrets/eu-db")).toEqual(first);
    await vi.waitFor(async () => expect(await data(rig, "configmaps/eu-once")).toBeUndefined(), 20_000);

    const place = ["--namespace", rig.namespace];
    await helm(["install", "us", ...place, "--set", "word=one"], chart);
    const theirs = await data(rig, "secrets/us-db");
    expect(await data(rig, "configmaps/us-once")).toEqual({ word: "one" });
    await helm(["upgrade", "us", ...place, "--set", "word=two"], chart);
    expect(await data(rig, "secrets/us-db")).toEqual(theirs);
    expect(await data(rig, "configmaps/us-once")).toBeUndefined();
  });

  test("comes to the same bytes on a new leader without the disk", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await rig.start();
    rig.hub.publish(script(rig, "one"));
    await rig.state("team/db", "Ready");
    const paths = ["secrets/eu-db", "configmaps/eu-once", "configmaps/eu-word"];
    const objects = async () =>
      Promise.all(paths.map((path) => rig.get(`/api/v1/namespaces/${rig.namespace}/${path}`)));
    const before = await objects();
    await rig.stop();
    const checkIns = rig.hub.checkIns.length;
    await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
    await vi.waitFor(() => {
      const later = rig.hub.checkIns.slice(checkIns).flatMap(({ statuses }) => statuses);
      expect(later.some(({ state }) => state === "Ready")).toBe(true);
    }, 20_000);
    expect(await objects()).toEqual(before);
  });

  test.each([
    { name: "before it could keep it", step: "memory-write", pattern: "" },
    { name: "when it had just kept it", step: "memory-written", pattern: "" },
    { name: "before anything was applied", step: "apply", pattern: "" },
    { name: "when its Secret was applied and nothing was noted", step: "applied", pattern: "-db$" },
  ] as const)("keeps what it drew when the leader is killed $name", { timeout: 120_000 }, async ({ step, pattern }) => {
    await using rig = await createAgentRig(await sharedCluster());
    rig.hub.publish(script(rig, "one"));
    await crashAt(rig, step, pattern);
    const applied = await data(rig, "secrets/eu-db");
    expect(applied === undefined).toBe(step !== "applied");
    const kept = await rig.get(`/api/v1/namespaces/${rig.systemNamespace}/secrets`);
    await rig.start({ config: { dataDir: `${rig.dataDir}-new` } });
    await rig.state("team/db", "Ready");
    const now = await data(rig, "secrets/eu-db");
    expect(applied ?? now).toEqual(now);
    const keptNow = await rig.get(`/api/v1/namespaces/${rig.systemNamespace}/secrets`);
    // What was not kept yet was seen by nobody either.
    expect(memories(keptNow)).toEqual(memories(step === "memory-write" ? keptNow : kept));
    expect(await data(rig, "configmaps/eu-once")).toEqual({ word: "one" });
  });

  test("sees what helm shows it", { timeout: 60_000 }, async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await make(rig.namespace, "secrets", { metadata: { name: "seed" }, stringData: { password: "hunter2" } });
    await make(rig.namespace, "secrets", { metadata: { name: "seed-2" }, stringData: { password: "x" } });
    await make(rig.namespace, "services", { metadata: { name: "seed" }, spec: { ports: [{ port: 8080 }] } });
    const files = { "Chart.yaml": chart["Chart.yaml"], "templates/seen.yaml": seenTemplate };
    await rig.start();
    rig.hub.publish(script(rig, "one", { files }));
    await rig.state("team/db", "Ready");
    await helm(["install", "us", "--namespace", rig.namespace], files);
    const seen = await data(rig, "configmaps/eu-seen");
    expect(seen).toEqual(await data(rig, "configmaps/us-seen"));
    expect(seen).toMatchObject({ kinds: "8080 int64 Service", absent: "map[] 0" });
  });

  test("finds nothing outside of its namespace, and status says so", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    await make(rig.systemNamespace, "secrets", { metadata: { name: "other" }, stringData: { password: "hunter2" } });
    const found = configMap("found", {
      other: `{{ len (lookup "v1" "Secret" "${rig.systemNamespace}" "other") }}`.replaceAll('"', "`"),
      all: "{{ len (lookup `v1` `Service` `` ``) }}",
      wide: "{{ len (lookup `v1` `Namespace` `` .Release.Namespace) }}",
    });
    await rig.start();
    const files = { "Chart.yaml": chart["Chart.yaml"], "templates/found.yaml": found };
    rig.hub.publish(script(rig, "one", { files }));
    const { warnings = [] } = await rig.state("team/db", "Ready");
    expect(await data(rig, "configmaps/found")).toEqual({ other: "0", all: "0", wide: "0" });
    expect(warnings).toHaveLength(3);
    expect(warnings.join("\n")).toContain(`lookup of v1 Secret ${rig.systemNamespace}/other finds nothing`);
    expect(warnings.join("\n")).toContain("Namespace is a cluster-wide kind; annotation drover.dev/lookup");

    const { bundles } = script(rig, "two", { files });
    rig.hub.publish({
      bundles: bundles.map((bundle) => ({ ...bundle, deploymentId: "wide", lookup: "cluster" as const })),
    });
    await rig.status("team/db", (status) => status.state === "Ready" && status.warnings === undefined);
    expect(await data(rig, "configmaps/found")).toEqual({ other: "5", all: "4", wide: "5" });
  });

  test("may look with the rights of its service account only", async () => {
    const cluster = await sharedCluster();
    await using rig = await createAgentRig(cluster);
    await make(rig.systemNamespace, "serviceaccounts", { metadata: { name: "deployer" } });
    await rig.start();
    rig.hub.publish(script(rig, "one", { options: { serviceAccount: "deployer" } }));
    const { error } = await rig.state("team/db", "ErrApplied");
    expect(error).toMatchObject({ code: "KUBE_FORBIDDEN" });
    expect(error?.message).toMatch(/looking up v1 Secret .*eu-db: .*deployer" cannot get resource "secrets"/u);
  });

  test("waits for what it asks for when it refuses to go without", async () => {
    await using rig = await createAgentRig(await sharedCluster());
    const text =
      '{{ if not (lookup "v1" "Secret" .Release.Namespace "seed") }}{{ fail "make Secret seed first" }}{{ end }}';
    await rig.start();
    const files = { "Chart.yaml": chart["Chart.yaml"], "templates/a.yaml": text };
    rig.hub.publish(script(rig, "one", { files }));
    const { error } = await rig.state("team/db", "ErrApplied");
    expect(error?.message).toContain("make Secret seed first");
  });
});
