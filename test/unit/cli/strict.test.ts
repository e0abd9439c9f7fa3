import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const mapOf = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: config-${name} }\n`;
const files = {
  "repo/web/cm.yaml": mapOf("web"),
  "repo/web/fleet.yaml": "defaultNamespace: web\n",
  "repo/odd/cm.yaml": mapOf("odd"),
  "repo/odd/fleet.yaml": "# ours\nnamspace: x\nlables: {}\n",
  "clusters.yaml": "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: dev }\nspec: {}\n",
  "targets.yaml": "targets: [{ clusterSelector: {} }]\n",
  "drover-test.yaml":
    "gitRepo: gitrepo.yaml\nclusters: clusters.yaml\nrepository: repo\ntests: [{ name: is there, bundles: [config-web] }]\n",
  "gitrepo.yaml": gitRepoWith("true"),
};

function gitRepoWith(strict: string): string {
  return `kind: GitRepo
apiVersion: fleet.cattle.io/v1alpha1
metadata: { name: config, annotations: { drover.dev/strict: "${strict}" } }
spec: { repo: "https://git.example/config", targets: [{ clusterSelector: {} }], unheardOf: 1 }
`;
}

async function run(...words: readonly string[]) {
  return runWith({}, ...words);
}

async function runWith(more: Readonly<Record<string, string>>, ...words: readonly string[]) {
  await using folder = await createTempDir("strict");
  await writeFiles(folder.path, { ...files, ...more });
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  return { code: await runCli(words, context), output: output(), errors: errors() };
}

const flags = ["--repo", "repo", "--name", "config"];
const aimed = ["--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];

describe("--strict", () => {
  it.each([
    ["bundle", flags],
    ["target", [...flags, ...aimed]],
    ["render", [...flags, ...aimed]],
  ])("makes drover %s fail the bundle with warnings, and no other", async (command, words) => {
    const loose = await run(command, ...words);
    expect(loose).toMatchObject({ code: 0, output: expect.stringContaining("config-odd") });
    const { code, output, errors } = await run(command, ...words, "--strict");
    expect(code).toBe(1);
    expect(output).toContain("config-web");
    expect(output).not.toContain("config-odd");
    expect(errors).toMatch(
      /^apply config-odd: BUNDLE_STRICT: .*odd\/fleet\.yaml:2:1: KEY_UNKNOWN.*odd\/fleet\.yaml:3:1: KEY_UNKNOWN/mu,
    );
  });

  it("refuses a deployment of which rendering leaves something out, and names the place in the repository", async () => {
    const mixed = { "repo/mix/mix.yaml": `${mapOf("mix")}---\na: 1\n` };
    const words = ["render", ...flags, ...aimed, "web", "mix"];
    const place = "mix/mix.yaml:5:1: MANIFEST_IGNORED: a document without kind; the whole file is left out";
    const loose = await runWith(mixed, ...words);
    expect(loose).toMatchObject({ code: 0, errors: expect.stringContaining(`warning: ${place}`) });
    const { code, output, errors } = await runWith(mixed, ...words, "--strict");
    expect(code).toBe(1);
    expect(output).toContain("config-web");
    expect(errors).toContain(`deploy config-mix dev: BUNDLE_STRICT: refused because of strict: ${place}`);
  });

  it("refuses an entry of paths that matches nothing", async () => {
    const { code, errors } = await run("bundle", ...flags, "--strict", "web", "wbe");
    expect(code).toBe(1);
    expect(errors).toMatch(/^apply: BUNDLE_STRICT: .*PATH_UNMATCHED: paths: "wbe" matches no directory/mu);
  });

  it("makes drover test fail", async () => {
    expect((await run("test", "--strict")).errors).toMatch(/not expected: apply config-odd: BUNDLE_STRICT/u);
  });

  it("is what a GitRepo's annotation says, whose own warnings are one fault more", async () => {
    const { code, errors } = await run("bundle", "--repo", "repo", "--gitrepo", "gitrepo.yaml");
    expect(code).toBe(1);
    expect(errors).toMatch(/^apply: BUNDLE_STRICT: .*gitrepo\.yaml:4:\d+: KEY_UNKNOWN.*unheardOf/mu);
    expect(errors).toMatch(/^apply config-odd: BUNDLE_STRICT/mu);
  });

  it("shows each warning once in drover lint, which fails", async () => {
    const { code, output, errors } = await run("lint", "--repo", "repo", "--gitrepo", "gitrepo.yaml");
    expect(code).toBe(1);
    expect(output).not.toContain("BUNDLE_STRICT");
    expect(errors).toContain("errors: 0, warnings: 3");
  });
});
