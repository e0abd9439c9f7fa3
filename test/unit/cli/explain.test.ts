import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";
import { twoClusters } from "./two-clusters.ts";

const fleetYaml = `defaultNamespace: shop
helm:
  chart: chart
  valuesFiles: [common.yaml]
  values:
    size: small
    name: \${ .ClusterName }
targetCustomizations:
- name: prod
  clusterSelector: { matchLabels: { env: prod } }
  defaultNamespace: shop-prod
  helm:
    valuesFiles: [prod.yaml]
    values:
      replicas: 3
`;

const files: Readonly<Record<string, string>> = {
  "repo/web/fleet.yaml": fleetYaml,
  "repo/web/common.yaml": "# for all\nsize: medium\n",
  "repo/web/prod.yaml": "size: large\n",
  "repo/web/chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "repo/web/chart/templates/cm.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: { name: web }\n",
  "repo/raw/fleet.yaml":
    "defaultNamespace: shop\ntargetCustomizations:\n- name: prod\n  clusterName: prod\n  yaml: { overlays: [big, renamed] }\n",
  "repo/raw/app.yaml":
    "kind: ConfigMap\napiVersion: v1\nmetadata: { name: other }\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: { name: app }\ndata:\n  size: small\n  color: red\n",
  "repo/raw/one.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata: { name: one }\ndata: { size: small }\n",
  "repo/raw/overlays/big/one_patch.yaml": "data:\n  size: big\n",
  "repo/raw/overlays/renamed/app.yaml":
    "kind: ConfigMap\napiVersion: v1\nmetadata: { name: app }\ndata:\n  size: small\n  color: blue\n",
  "faulty/bad/fleet.yaml": "helm: { values: { a: 1 }, chart: ., }\n",
  "faulty/bad/Chart.yaml": "apiVersion: v2\nname: bad\nversion: 1.0.0\n",
  "faulty/bad/templates/cm.yaml": 'a: {{ fail "no" }}\n',
  "faulty/worse/fleet.yaml": "helm: [\n",
  ...twoClusters,
};

let folder: TempDir;
beforeAll(async () => {
  folder = await createTempDir("explain");
  await writeFiles(folder.path, files);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function explain(...words: readonly string[]) {
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const given = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
  const code = await runCli(["explain", ...words, ...given], context);
  const rows = output()
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(/ {2,}/u));
  return { code, rows, output: output(), errors: errors() };
}

describe("drover explain", () => {
  it("names file, line and rule of each step to a value, the last of which decides", async () => {
    expect((await explain("config-web", "helm.values.size", "--cluster", "prod")).rows).toEqual([
      ["web/fleet.yaml:6:5", "option of the bundle", '"small"'],
      ["web/common.yaml:2:1", "values file of the bundle", '"medium"'],
      ["web/prod.yaml:1:1", "values file of customization prod", '"large"'],
    ]);
  });

  it("leaves out customizations that do not count on the cluster", async () => {
    const { rows } = await explain("config-web", "helm.values.size", "--cluster", "dev");
    expect(rows.at(-1)).toEqual(["web/common.yaml:2:1", "values file of the bundle", '"medium"']);
    expect((await explain("config-web", "defaultNamespace", "--cluster", "prod")).rows).toEqual([
      ["web/fleet.yaml:1:1", "option of the bundle", '"shop"'],
      ["web/fleet.yaml:11:3", "customization prod", '"shop-prod"'],
    ]);
  });

  it("shows what a template became", async () => {
    const { rows } = await explain("config-web", "helm.values.name", "--cluster", "dev");
    expect(rows.map(([, rule, value]) => [rule, value])).toEqual([
      ["option of the bundle", '"${ .ClusterName }"'],
      ["template, evaluated for this cluster", '"dev"'],
    ]);
  });

  it("names flags and the GitRepo where they decide", async () => {
    const { rows } = await explain("config-web", "serviceAccount", "--cluster", "dev", "--service-account", "deployer");
    expect(rows).toEqual([["-", "GitRepo, flags, or a rule of Fleet", '"deployer"']]);
  });

  it("prints steps as data", async () => {
    const { output } = await explain("config-web", "helm.values.replicas", "--cluster", "prod", "-o", "json");
    expect(JSON.parse(output)).toEqual([
      { rule: "customization prod", position: { file: "web/fleet.yaml", line: 15, column: 7 }, value: 3 },
    ]);
  });

  it("says what is there when a bundle, a field or a cluster is not", async () => {
    expect((await explain("config-api", "paused", "--cluster", "dev")).errors).toContain(
      "there are config-raw, config-web",
    );
    const missing = await explain("config-web", "helm.values.colour", "--cluster", "dev");
    expect(missing.code).toBe(1);
    expect(missing.errors).toContain("nothing sets helm.values.colour of bundle config-web on dev");
    expect((await explain("config-web", "paused")).errors).toContain("--cluster is missing");
  });
});

async function on(cluster: string, ...words: readonly string[]) {
  return explain("config-raw", ...words, "--cluster", cluster);
}

describe("drover explain of an object's field", () => {
  it("names the line of the manifest", async () => {
    expect((await on("dev", "ConfigMap/app", "data.color")).rows).toEqual([["raw/app.yaml:10:3", "manifest", '"red"']]);
  });

  it("names the overlay that patches or replaces it, and only on the clusters that have it", async () => {
    expect((await on("prod", "ConfigMap/one", "data.size")).rows).toEqual([
      ["raw/one.yaml:4:9", "manifest", '"small"'],
      ["raw/overlays/big/one_patch.yaml:2:3", "overlay big", '"big"'],
    ]);
    expect((await on("prod", "ConfigMap/app", "data.color")).rows).toEqual([
      ["raw/app.yaml:10:3", "manifest", '"red"'],
      ["raw/overlays/renamed/app.yaml:6:3", "overlay renamed", '"blue"'],
    ]);
    expect((await on("prod", "ConfigMap/app", "data.size")).rows).toHaveLength(1);
  });

  it("names what is done after all files are read: namespaces, and what the agent adds", async () => {
    expect((await on("dev", "ConfigMap/app", "metadata.namespace", "--target-namespace", "forced")).rows).toEqual([
      ["-", "namespace: GitRepo, flags, or a rule of Fleet", '"forced"'],
    ]);
    expect((await on("dev", "ConfigMap/app", "metadata.namespace")).rows).toEqual([
      ["raw/fleet.yaml:1:1", "namespace of objects that name none, put by the agent: option of the bundle", '"shop"'],
    ]);
    const label = await on("dev", "ConfigMap/app", 'metadata.labels["applyset.kubernetes.io/part-of"]');
    expect(label.rows).toEqual([["-", "the agent labels what it applies, for watches and people"]]);
    const marks = await on(
      "dev",
      "ConfigMap/app",
      'metadata.annotations["objectset.rio.cattle.io/id"]',
      "--fleet-marks",
    );
    expect(marks.rows).toEqual([["-", "mark of Fleet, for --fleet-marks", '"-config-raw"']]);
  });

  it("names the objects that there are for one that is not", async () => {
    const { code, errors } = await on("dev", "Deployment/app", "spec");
    expect({ code, errors }).toMatchObject({ code: 2, errors: expect.stringContaining("ConfigMap/one") });
    expect((await on("dev", "Configmap/ap", "kind")).errors).toContain("did you mean ConfigMap/app?");
    expect((await on("dev", "ConfigMap/app", "data.colour")).errors).toContain("did you mean data.color?");
  });

  it("writes what keeps a bundle from being explained to the file of --errors", async () => {
    expect(await errorsOf("config-bad", "ConfigMap/x", "data")).toMatch(
      /^bundle: config-bad\ncluster: prod\n[^]*phase: deploy\n/u,
    );
    expect(await errorsOf("config-worse", "helm.values")).toMatch(
      /^bundle: config-worse\n[^]*file: worse\/fleet\.yaml\n[^]*phase: apply\n/u,
    );
  });
});

/** Explains what cannot be explained; returns the file of --errors. */
async function errorsOf(bundle: string, ...field: readonly string[]): Promise<string> {
  const { context } = createTestContext({ cwd: folder.path });
  const given = ["--repo", "faulty", "--name", "config", "--targets-file", "targets.yaml"];
  const rest = ["--clusters", "clusters.yaml", "--cluster", "prod", "--errors", "errors.yaml"];
  expect(await runCli(["explain", bundle, ...field, ...given, ...rest], context)).toBe(1);
  return readFile(join(folder.path, "errors.yaml"), "utf8");
}
