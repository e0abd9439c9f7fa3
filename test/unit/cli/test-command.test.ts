import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const files: Readonly<Record<string, string>> = {
  "repo/web/cm.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { size: small, items: [a, b] }\n",
  "repo/web/overlays/prod/cm_patch.yaml": "data: { size: large }\n",
  "repo/web/fleet.yaml":
    "defaultNamespace: shop\ntargetCustomizations: [{ name: prod, clusterSelector: { matchLabels: { env: prod } }, yaml: { overlays: [prod] } }]\n",
  "repo/bad/fleet.yaml": "defaultNamespace: shop\nhelm: { values: { place: '${ .ClusterLabels.place }' } }\n",
  "repo/bad/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bad }\n",
  "gitrepo.yaml":
    "kind: GitRepo\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: config, namespace: team-a }\nspec: { repo: 'https://git.example/config', targets: [{ clusterSelector: {} }] }\n",
  "clusters.yaml": `
apiVersion: fleet.cattle.io/v1alpha1
kind: Cluster
metadata: { name: dev, labels: { env: dev, place: here } }
---
apiVersion: fleet.cattle.io/v1alpha1
kind: Cluster
metadata: { name: prod, labels: { env: prod } }
`,
};
const head = "gitRepo: gitrepo.yaml\nclusters: clusters.yaml\nrepository: repo\n";
const expected = `${head}tests:
  - name: both get web
    objects: [{ object: ConfigMap/web, has: { data: { items: [a, b] } } }]
  - name: production is large
    clusterSelector: { matchLabels: { env: prod } }
    bundles: [config-web]
    objects:
      - { object: ConfigMap/web, has: { data: { size: large } } }
      - { object: ConfigMap/bad, absent: true }
    fails: { config-bad: place }
`;

let folder: TempDir;

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder.path, name)), { recursive: true });
  await writeFile(join(folder.path, name), text);
}

async function droverTest(text: string, ...words: readonly string[]) {
  await put("drover-test.yaml", text);
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(["test", ...words], context);
  return { code, output: output(), errors: errors() };
}

describe("drover test", () => {
  beforeAll(async () => {
    folder = await createTempDir("drover-test");
    for (const [name, text] of Object.entries(files)) await put(name, text);
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  it("passes when clusters get what the file expects, failures included", async () => {
    const { code, output, errors } = await droverTest(expected);
    expect({ code, output: output.trim() }).toEqual({
      code: 0,
      output: "ok    both get web\nok    production is large",
    });
    expect(errors).toContain("2 passed, 0 failed, 0 unexpected faults");
  });

  it.each([
    {
      name: "a field is another",
      pattern: /size: large/u,
      replacement: "size: small",
      words: "ConfigMap/web: data.size is",
    },
    {
      name: "a bundle is not deployed",
      pattern: /\[config-web\]/u,
      replacement: "[config-web, config-other]",
      words: "config-other is not deployed",
    },
    {
      name: "a bundle is deployed that is not listed",
      pattern: /\[config-web\]/u,
      replacement: "[]",
      words: "bundle config-web is deployed",
    },
    {
      name: "an object is there that must not be",
      pattern: /ConfigMap\/bad/u,
      replacement: "ConfigMap/web",
      words: "there is ConfigMap/web",
    },
    {
      name: "an object is not there",
      pattern: /web, has: \{ data: \{ size/u,
      replacement: "none, has: { data: { size",
      words: "no ConfigMap/none",
    },
    {
      name: "a cluster is unknown",
      pattern: /bundles: \[config-web\]/u,
      replacement: "clusters: [nowhere]",
      words: "has no cluster nowhere",
    },
    { name: "no cluster matches", pattern: /env: prod/u, replacement: "env: none", words: "no cluster matches" },
    {
      name: "a failure has other words",
      pattern: /config-bad: place/u,
      replacement: "config-bad: nothing",
      words: "fails with other words",
    },
    {
      name: "a bundle does not fail",
      pattern: /fails: \{/u,
      replacement: "fails: { config-web: place,",
      words: "bundle config-web does not fail",
    },
  ])("fails when $name", async ({ pattern, replacement, words }) => {
    const { code, output } = await droverTest(expected.replace(pattern, replacement));
    expect(output).toContain(words);
    expect(code).toBe(1);
  });

  it("fails for a fault that nobody expects", async () => {
    const { code, errors } = await droverTest(`${head}tests: [{ name: web, objects: [{ object: ConfigMap/web }] }]\n`);
    expect(code).toBe(1);
    expect(errors).toContain("not expected: target config-bad prod");
  });

  it("keeps snapshots: written once, compared later, stale ones removed", async () => {
    const snapshots = expected.replace("tests:", "snapshots: snapshots\ntests:");
    expect((await droverTest(snapshots)).output).toContain("prod/config-web.yaml: there is no snapshot");
    await put("snapshots/prod/config-gone.yaml", "# no objects\n");
    expect(await droverTest(snapshots, "--update")).toMatchObject({ code: 0 });
    expect(await readFile(join(folder.path, "snapshots/prod/config-web.yaml"), "utf8")).toContain("size: large");
    await expect(readFile(join(folder.path, "snapshots/prod/config-gone.yaml"))).rejects.toThrow("ENOENT");
    await put("repo/web/overlays/prod/cm_patch.yaml", "data: { size: huge }\n");
    const { code, output } = await droverTest(snapshots);
    expect(output).toContain("prod: config-web: ConfigMap/web: data.size is huge, expected large");
    expect(code).toBe(1);
    await put("repo/web/overlays/prod/cm_patch.yaml", "data: { size: large }\n");
  });

  it("prints results as JSON", async () => {
    const { output } = await droverTest(expected, "-o", "json");
    expect(JSON.parse(output)).toMatchObject({
      results: [{ name: "both get web", clusters: ["dev", "prod"], passed: true, failures: [] }, { passed: true }],
      faults: [],
    });
  });

  it.each([
    ["unknown keys", `${head}testz: []\n`, "testz"],
    ["a test that expects nothing", `${head}tests: [{ name: idle }]\n`, "expects nothing"],
    ["an object without a name", `${head}tests: [{ name: x, objects: [{ object: ConfigMap }] }]\n`, "write Kind/name"],
  ])("refuses %s", async (_title, text, words) => {
    const { code, errors } = await droverTest(text);
    expect({ code, found: errors.includes(words) }).toEqual({ code: 1, found: true });
  });

  it("says how the file is made when there is none", async () => {
    await rm(join(folder.path, "drover-test.yaml"));
    const { context, errors } = createTestContext({ cwd: folder.path });
    expect(await runCli(["test"], context)).toBe(1);
    expect(errors()).toContain("drover-test.yaml");
  });
});
