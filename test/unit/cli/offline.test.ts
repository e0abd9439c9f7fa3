import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);

const files: Readonly<Record<string, string>> = {
  "repo/web/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { size: small }\n",
  "repo/web/fleet.yaml": "defaultNamespace: shop\n",
  "gitrepo.yaml": `
kind: GitRepo
apiVersion: fleet.cattle.io/v1alpha1
metadata: { name: config, namespace: team-a, labels: { team: a } }
spec: { repo: "https://git.example/config", paths: [web], targets: [{ name: dev, clusterSelector: { matchLabels: { env: dev } } }] }
`,
  "targets.yaml": "targets: [{ name: named, clusterName: prod }]\ntargetRestrictions: [{ clusterName: prod }]\n",
  "clusters.yaml": `
kind: ClusterList
items:
- { kind: Cluster, apiVersion: fleet.cattle.io/v1alpha1, metadata: { name: dev, labels: { env: dev } }, spec: {} }
- { kind: Cluster, apiVersion: fleet.cattle.io/v1alpha1, metadata: { name: prod, labels: { env: prod } }, spec: {} }
`,
};

let folder: TempDir;

beforeAll(async () => {
  folder = await createTempDir("offline");
  for (const [name, text] of Object.entries(files)) await put(name, text);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder.path, name)), { recursive: true });
  await writeFile(join(folder.path, name), text);
}

async function drover(...words: readonly string[]) {
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(words, context);
  return { code, output: output(), errors: errors() };
}

async function bundlesOf(...words: readonly string[]): Promise<unknown[]> {
  const { output } = await drover("bundle", "--repo", "repo", ...words);
  return parseYaml(output, { file: "output" }).map(({ value }) => value);
}

const manifest = ["--repo", "repo", "--gitrepo", "gitrepo.yaml"];

describe("drover bundle", () => {
  it("takes name, workspace, labels, paths and targets from a GitRepo manifest", async () => {
    expect(await bundlesOf("--gitrepo", "gitrepo.yaml")).toMatchObject([
      {
        metadata: { name: "config-web", namespace: "team-a", labels: { team: "a" } },
        spec: { targets: [{ name: "dev" }], targetRestrictions: [{ name: "dev" }] },
      },
    ]);
  });

  it("lays flags over the manifest", async () => {
    const flags = [
      "--paused",
      "--keep-resources",
      "--service-account",
      "deployer",
      "-l",
      "tier=1,zone=x",
      "--commit",
      "abc",
    ];
    expect(await bundlesOf("--gitrepo", "gitrepo.yaml", "--name", "other", ...flags)).toMatchObject([
      {
        metadata: {
          name: "other-web",
          labels: { team: "a", tier: "1", zone: "x", "fleet.cattle.io/commit": "abc" },
        },
        spec: { paused: true, keepResources: true, serviceAccount: "deployer", targets: [{ name: "dev" }] },
      },
    ]);
  });

  it("has no targets of a GitRepo with --no-targets, nor from flags alone, as `fleet apply`", async () => {
    for (const words of [
      ["--gitrepo", "gitrepo.yaml", "--no-targets"],
      ["--name", "config", "web"],
    ]) {
      const [bundle] = await bundlesOf(...words);
      expect(bundle).toMatchObject({ spec: { targets: [{ name: "default", clusterGroup: "default" }] } });
      expect(bundle).not.toHaveProperty("spec.targetRestrictions");
    }
  });

  it("writes --errors into a folder that it makes, empty where nothing failed", async () => {
    expect((await drover("bundle", "--repo", "repo", "web", "--errors", "made/for/errors.yaml")).code).toBe(0);
    expect(parseYaml(await readFile(join(folder.path, "made/for/errors.yaml"), "utf8"))).toEqual([]);
    const failing = await drover("bundle", "--repo", "repo", "gone", "--errors", join(folder.path, "made/errors.yaml"));
    expect(failing.code).toBe(1);
    expect(parseYaml(await readFile(join(folder.path, "made/errors.yaml"), "utf8"))).toMatchObject([
      { value: { phase: "apply" } },
    ]);
  });

  it("takes targets and restrictions from a targets file", async () => {
    expect(await bundlesOf("web", "--targets-file", "targets.yaml")).toMatchObject([
      { spec: { targets: [{ name: "named" }], targetRestrictions: [{ clusterName: "prod" }] } },
    ]);
  });

  it("sets correctDrift, generation, namespace and compression as the flags say", async () => {
    const drift = ["--correct-drift", "--correct-drift-force", "--correct-drift-keep-fail-history"];
    expect(
      await bundlesOf("web", ...drift, "--sync-generation", "7", "--target-namespace", "forced", "-c"),
    ).toMatchObject([
      {
        spec: {
          correctDrift: { enabled: true, force: true, keepFailHistory: true },
          forceSyncGeneration: 7,
          namespace: "forced",
          resources: [{ encoding: "base64+gz" }],
        },
      },
    ]);
  });

  it("reads BASE:OPTIONS pairs in a driven scan, with a separator of one's own", async () => {
    const { code, output } = await drover(
      "bundle",
      "--repo",
      "repo",
      "-otable",
      "--driven-scan",
      "--driven-scan-sep=@",
      "web@fleet.yaml",
    );
    expect({ code, lines: output.trim().split("\n").length }).toEqual({ code: 0, lines: 2 });
    expect((await drover("bundle", "--repo", "repo", "--driven-scan", "a:b:c")).errors).toContain(
      "invalid bundle path",
    );
  });

  it("prints what is too much for one string piece by piece, in the same form", async () => {
    const { output } = await drover("target", ...manifest, "--clusters", "clusters.yaml", "-o", "json");
    const targets: unknown = JSON.parse(output);
    expect(targets).toHaveLength(2);
    expect(output).toBe(`${JSON.stringify(targets, null, 2)}\n`);
    expect((await drover("bundle", "--repo", "repo", "nowhere", "-o", "json")).output).toBe("[]\n");
  });

  it("prints a list with -o json", async () => {
    const { output } = await drover("bundle", ...manifest, "-o", "json");
    expect(JSON.parse(output)).toMatchObject([{ kind: "Bundle", metadata: { name: "config-web" } }]);
  });

  it("says which file is not what it should be, and where", async () => {
    await put("bad.yaml", "spec: [\n");
    await put("wrong.yaml", "kind: GitRepo\nspec: { paths: web }\n");
    const answers = [
      await drover("bundle", "--gitrepo", "missing.yaml"),
      await drover("bundle", "--gitrepo", "bad.yaml"),
      await drover("bundle", "--gitrepo", "wrong.yaml"),
      await drover("bundle", "--repo", "nowhere"),
    ];
    expect(answers.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    const texts = answers.map(({ errors }) => errors);
    expect(texts[0]).toContain("INPUT_FILE_INVALID: GitRepo");
    expect(texts[1]).toMatch(/bad\.yaml:2:1: /u);
    expect(texts[2]).toContain("spec.paths: ");
    expect(texts[3]).toContain("name the repository's with --repo");
  });
});

describe("drover target and drover render", () => {
  it("show which cluster gets what", async () => {
    const { code, output } = await drover("target", ...manifest, "--clusters", "clusters.yaml", "-o", "table");
    expect(code).toBe(0);
    expect(output.split("\n").map((line) => line.split(/ {2,}/u))).toEqual([
      ["CLUSTER", "BUNDLE", "TARGET", "CUSTOMIZATIONS", "DEPLOYED"],
      ["dev", "config-web", "dev", "yes"],
      ["prod", "config-web", "-", "no"],
      [""],
    ]);
  });

  it("write a file for each cluster and bundle", async () => {
    const { code } = await drover("render", ...manifest, "--clusters", "clusters.yaml", "-o", "dir=out");
    expect(code).toBe(0);
    const text = await readFile(join(folder.path, "out/dev/config-web.yaml"), "utf8");
    expect(parseYaml(text, { file: "out" })[0]?.value).toMatchObject({
      kind: "ConfigMap",
      metadata: { name: "web" },
    });
    expect(text).not.toContain("objectset.rio.cattle.io");
  });

  it("refuse a cluster that the file has not, and name those it has", async () => {
    const { code, errors } = await drover("render", ...manifest, "--clusters", "clusters.yaml", "--cluster", "test");
    expect(code).toBe(2);
    expect(errors).toContain("has no cluster test: it has dev, prod");
  });

  it("refuse a version that is none", async () => {
    const words = ["render", ...manifest, "--clusters", "clusters.yaml", "--kube-version", "new"];
    expect(await drover(...words)).toMatchObject({ code: 2, output: "" });
  });
});

describe("a revision of a clone", () => {
  it("is read from Git, by branch, tag and shortened commit, whatever lies in the work tree", async () => {
    const repo = join(folder.path, "clone");
    await put("clone/web/cm.yaml", files["repo/web/cm.yaml"] ?? "");
    const git = async (...args: readonly string[]): Promise<string> =>
      (await run("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: repo })).stdout;
    await git("init", "-q", "-b", "main");
    await git("add", ".");
    await git("commit", "-qm", "first");
    await git("tag", "-a", "v1", "-m", "one");
    const commit = (await git("rev-parse", "HEAD")).trim();
    await put("clone/web/cm.yaml", "kind: Changed\n");
    await put("clone/new/cm.yaml", "kind: New\n");
    const at = async (revision: string): Promise<string> =>
      (await drover("bundle", "--repo", "clone", "--name", "config", "--rev", revision)).output;
    expect(await at("main")).toContain("size: small");
    expect(await at("main")).not.toContain("config-new");
    expect(await at("v1")).toBe(await at("main"));
    expect(await at(commit.slice(0, 10))).toBe(await at("main"));
    const missing = await drover("bundle", "--repo", "clone", "--rev", "gone");
    expect(missing).toMatchObject({ code: 1, output: "" });
    expect(missing.errors).toContain("has no revision gone");
  });
});
