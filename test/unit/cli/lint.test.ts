import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n";
const clusters = "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: dev }\nspec: {}\n";
const targets = "targets: [{ clusterSelector: {} }]\n";

async function lint(files: Readonly<Record<string, string>>, ...words: readonly string[]) {
  await using folder = await createTempDir("lint");
  for (const [name, text] of Object.entries({ ...files, "clusters.yaml": clusters, "targets.yaml": targets })) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  }
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(["lint", "--repo", "repo", "--name", "config", ...words], context);
  return {
    code,
    lines: output()
      .split("\n")
      .filter((line) => line !== ""),
    errors: errors(),
  };
}

/** What `lint` prints with a manifest of a GitRepo for a repository with one directory, `web`. */
async function lintGitRepo(manifest: string): Promise<string> {
  const files = { "repo/web/cm.yaml": configMap, "gitrepo.yaml": manifest };
  return (await lint(files, "--gitrepo", "gitrepo.yaml")).lines.join("\n");
}

describe("drover lint", () => {
  it("says nothing about a repository without faults", async () => {
    expect(await lint({ "repo/web/cm.yaml": configMap }, "--strict")).toEqual({
      code: 0,
      lines: [],
      errors: "bundles: 1, errors: 0, warnings: 0\n",
    });
  });

  const typo = { "repo/web/cm.yaml": configMap, "repo/web/fleet.yaml": "# ours\ndefaultNamspace: shop\n" };

  it("shows a warning with file, line and column, and what was meant", async () => {
    const { code, lines } = await lint(typo);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'web/fleet.yaml:2:1: warning: unknown key "defaultNamspace" has no effect; did you mean "defaultNamespace"? (KEY_UNKNOWN)',
    ]);
  });

  it("shows once what two bundles with the same file have to say of it", async () => {
    const files = { "repo/cm.yaml": configMap, "repo/web/fleet.yaml": "", "repo/web/.fleetignore": "[x\n" };
    const { lines, errors } = await lint(files);
    expect(lines.filter((line) => line.includes("PATTERN_INVALID"))).toHaveLength(1);
    expect(errors).toContain("errors: 1,");
  });

  it("fails because of a warning with --strict", async () => {
    expect((await lint(typo, "--strict")).code).toBe(1);
  });

  it("warns of what rendering leaves out, with its place in the repository, once for all clusters", async () => {
    const files = {
      "repo/mix/mix.yaml": `${configMap}---\na: 1\n`,
      "repo/mix/bare.yaml": "# ours\nkind: ConfigMap\nmetadata: { name: bare }\n",
      "repo/mix/ok.yaml": configMap,
    };
    const aimed = ["--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
    const { code, lines, errors } = await lint(files, ...aimed, "--strict");
    expect(lines).toEqual([
      "mix/bare.yaml:2:1: warning: an object without apiVersion or kind is left out (MANIFEST_IGNORED)",
      "mix/mix.yaml:5:1: warning: a document without kind; the whole file is left out (MANIFEST_IGNORED)",
    ]);
    expect({ code, errors }).toEqual({ code: 1, errors: "bundles: 1, errors: 0, warnings: 2\n" });
    expect(await lint(files, ...aimed)).toMatchObject({ code: 0, lines });
  });

  it("warns of a Git LFS pointer", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;
    const { lines } = await lint({ "repo/web/cm.yaml": configMap, "repo/web/logo.png": pointer });
    expect(lines).toEqual([expect.stringMatching(/^web\/logo\.png:1: warning: .*\(LFS_POINTER\)$/u)]);
  });

  it("says what is not acted on yet with its place, which strict does not refuse", async () => {
    const files = { "repo/web/cm.yaml": configMap, "repo/web/fleet.yaml": "helm:\n  maxHistory: 5\n" };
    const { code, lines, errors } = await lint(files, "--strict");
    expect({ code, errors }).toEqual({ code: 0, errors: "bundles: 1, errors: 0, warnings: 0\n" });
    expect(lines).toEqual([
      expect.stringMatching(
        /^web\/fleet\.yaml:2:3: info: helm\.maxHistory is kept and not acted on yet: .*\(NOT_ACTED_ON\)$/u,
      ),
    ]);
  });

  it("shows entries of paths and bundles that lead nowhere with their place in the GitRepo's manifest", async () => {
    const spec =
      "kind: GitRepo\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: c }\nspec:\n  repo: https://git.example/c\n";
    const paths = await lintGitRepo(`${spec}  paths:\n    - web\n    - nowhere\n    - "[x"\n`);
    expect(paths).toMatch(/^gitrepo\.yaml:8:7: warning: .*\(PATH_UNMATCHED\)$/mu);
    expect(paths).toMatch(/^gitrepo\.yaml:9:7: error: .*\(PATTERN_INVALID\)$/mu);
    const bundles = await lintGitRepo(`${spec}  bundles:\n    - base: web\n    - base: gone\n`);
    expect(bundles).toMatch(/^gitrepo\.yaml:8:7: error: .*\(BUNDLE_DIR_MISSING\)$/mu);
  });

  const broken = { "repo/a/fleet.yaml": "helm: [\n", "repo/a/cm.yaml": configMap, ...typo };

  it("shows errors once with their place, goes on with the rest, and fails", async () => {
    const { code, lines, errors } = await lint(broken);
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^a\/fleet\.yaml:2:1: error: (?!a\/).*\(FLEET_YAML_INVALID\)$/u);
    expect(lines[1]).toContain("KEY_UNKNOWN");
    expect(errors).toContain("bundles: 1, errors: 1, warnings: 1");
  });

  it("prints findings as data with what each code means", async () => {
    const { lines } = await lint(broken, "-o", "json");
    expect(JSON.parse(lines.join("\n"))).toMatchObject([
      { level: "error", code: "FLEET_YAML_INVALID", file: "a/fleet.yaml", line: 2, bundle: "config-a" },
      { level: "warning", code: "KEY_UNKNOWN", file: "web/fleet.yaml", meaning: "A key that nobody reads." },
    ]);
  });

  it("shows what has no effect in the GitRepo's manifest, with its place there", async () => {
    const gitRepo = [
      "apiVersion: fleet.cattle.io/v1alpha1",
      "kind: GitRepo",
      "metadata: { name: config }",
      "spec:",
      "  repo: https://git.example/config",
      "  path: web",
      "  targets:",
      "    - clusterSelector:",
      "        env: prod",
      "    - clusterName: dev",
      "      doNotDeploy: true",
      "    - name: nobody",
      "---",
      "kind: GitRepo",
    ].join("\n");
    const files = { "repo/web/cm.yaml": configMap, "gitrepo.yaml": gitRepo };
    const { code, lines } = await lint(files, "--gitrepo", "gitrepo.yaml");
    expect(code).toBe(0);
    expect(lines.map((line) => line.replace(/: warning: .*\(/u, " ("))).toEqual([
      "gitrepo.yaml:6:3 (KEY_UNKNOWN)",
      "gitrepo.yaml:9:9 (SELECTOR_MATCHES_ALL)",
      "gitrepo.yaml:11:7 (FIELD_WITHOUT_EFFECT)",
      "gitrepo.yaml:12:7 (CLUSTER_FIELD_MISSING)",
      "gitrepo.yaml:14:1 (DOCUMENT_IGNORED)",
    ]);
    expect(lines[0]).toContain('did you mean "paths"?');
  });

  it("finds what only rendering for a cluster shows", async () => {
    const files = {
      "repo/web/fleet.yaml": "helm: {}\n",
      "repo/web/Chart.yaml": "name: web\nversion: 1.0.0\napiVersion: v2\n",
      "repo/web/templates/cm.yaml": '{{ fail "never" }}\n',
    };
    expect((await lint(files)).code).toBe(0);
    const { code, lines } = await lint(files, "--clusters", "clusters.yaml", "--targets-file", "targets.yaml");
    expect(code).toBe(1);
    expect(lines.join("\n")).toMatch(/on dev: .*never.*\(CHART_FAILED\)/su);
  });
});
