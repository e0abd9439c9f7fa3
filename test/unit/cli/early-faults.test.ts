import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const cluster = "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\n";
const gitRepo = "kind: GitRepo\napiVersion: fleet.cattle.io/v1alpha1\n";
const files: Readonly<Record<string, string>> = {
  "repo/web/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n",
  "gitrepo.yaml": `${gitRepo}metadata: { name: config }\nspec: { repo: x, paths: [web], targets: [{ clusterName: dev }] }\n`,
  "broken.yaml": "spec: [\n",
  "wrong.yaml": `${gitRepo}metadata: { name: config }\nspec:\n  repo: x\n  paths: web\n`,
  "clusters.yaml": `${cluster}metadata: { name: dev }\nspec: {}\n`,
  "strange.yaml": `${cluster}metadata: { name: dev }\nspec: {}\n---\nkind: Pod\n`,
  "paused.yaml": `kind: List\nitems:\n- kind: Cluster\n  apiVersion: fleet.cattle.io/v1alpha1\n  metadata: { name: dev }\n  spec:\n    paused: maybe\n`,
  "out.txt": "a file\n",
};

let folder: TempDir;

beforeAll(async () => {
  folder = await createTempDir("early-faults");
  await writeFiles(folder.path, files);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function drover(...words: readonly string[]) {
  const file = join(folder.path, "errors.yaml");
  await writeFile(file, "error: of an earlier call\n");
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli([...words, "--errors", "errors.yaml"], context);
  const documents = parseYaml(await readFile(file, "utf8")).map(({ value }) => value);
  return { code, output: output(), errors: errors(), documents };
}

const known = ["--repo", "repo", "--clusters", "clusters.yaml"];

describe("--errors", () => {
  it.each([
    ["a GitRepo file that is not there", 1, ["bundle", "--gitrepo", "gone.yaml"], { file: /gone\.yaml$/u }],
    ["YAML that is none", 1, ["bundle", "--gitrepo", "broken.yaml"], { file: /broken\.yaml$/u, line: 2 }],
    ["a field of a wrong type", 1, ["bundle", "--gitrepo", "wrong.yaml"], { file: /wrong\.yaml$/u, line: 6 }],
    ["a folder that is not there", 1, ["bundle", "--repo", "nowhere"], { file: /nowhere$/u }],
    ["a revision that is not there", 1, ["bundle", "--repo", "repo", "--rev", "v1"], { error: /GIT_REF_NOT_FOUND/u }],
    ["another kind of object", 1, ["target", "--repo", "repo", "--clusters", "strange.yaml"], { line: 6 }],
    ["a cluster that is none", 1, ["render", "--repo", "repo", "--clusters", "paused.yaml"], { line: 7 }],
    ["a test file that is not there", 1, ["test", "gone.yaml"], { file: /gone\.yaml$/u }],
    ["a folder that is a file", 1, ["bundle", "--repo", "repo", "-o", "dir=out.txt"], { error: /OUTPUT_NOT_WRITTEN/u }],
    ["no clusters", 2, ["target", "--repo", "repo"], { error: /USAGE_INVALID: --clusters is missing/u }],
    ["an unknown cluster", 2, ["render", ...known, "--cluster", "x"], { error: /has no cluster x/u }],
    ["an unknown option", 2, ["lint", "--nope"], { error: /USAGE_INVALID: .*--nope/u }],
    ["an unknown format", 2, ["render", ...known, "-o", "xml"], { error: /unknown output format xml/u }],
    ["no name of a folder", 2, ["bundle", "-o", "dir="], { error: /write -o dir=FOLDER/u }],
    ["a format of other commands", 2, ["lint", "-o", "dir=x"], { error: /nothing is printed for each bundle/u }],
    ["one for diff as well", 2, ["diff", "a", "b", "-o", "dir=x"], { error: /nothing is printed for each bundle/u }],
    ["one for test as well", 2, ["test", "-o", "dir=x"], { error: /nothing is printed for each bundle/u }],
  ] as const)("has %s", async (...[, code, words, fields]) => {
    const answer = await drover(...words);
    expect(answer).toMatchObject({ code, output: "" });
    expect(answer.errors).not.toBe("");
    const [document, ...others] = answer.documents;
    expect(others).toEqual([]);
    expect(document).toMatchObject({ phase: "apply", error: expect.any(String) });
    for (const [key, value] of Object.entries(fields)) {
      const actual = String(Object(document)[key]);
      expect(actual).toMatch(value instanceof RegExp ? value : new RegExp(`^${value}$`, "u"));
    }
  });

  it("is empty where nothing failed, whatever it held", async () => {
    for (const words of [
      ["bundle", "--repo", "repo"],
      ["target", ...known],
      ["render", ...known, "--gitrepo", "gitrepo.yaml"],
      ["lint", "--repo", "repo"],
    ])
      expect(await drover(...words)).toMatchObject({ code: 0, documents: [] });
  });

  it("says itself when it cannot be written", async () => {
    const { context, errors } = createTestContext({ cwd: folder.path });
    expect(await runCli(["bundle", "--repo", "repo", "--errors", "out.txt/errors.yaml"], context)).toBe(1);
    expect(errors().match(/OUTPUT_NOT_WRITTEN/gu)).toHaveLength(1);
  });
});

describe("-o dir=FOLDER", () => {
  it("writes a file for each bundle, or each cluster and bundle", async () => {
    const { code, output } = await drover("bundle", "--repo", "repo", "--name", "config", "web", "-o", "dir=bundles");
    expect({ code, output }).toEqual({ code: 0, output: "" });
    expect(await read("bundles/config-web.yaml")).toMatchObject([{ kind: "Bundle" }]);
    await drover("target", ...known, "--name", "config", "web", "-o", "dir=targets");
    expect(await read("targets/dev/config-web.yaml")).toMatchObject([{ bundle: "config-web", cluster: "dev" }]);
    await drover("render", ...known, "--gitrepo", "gitrepo.yaml", "-o", "dir=objects");
    expect(await read("objects/dev/config-web.yaml")).toMatchObject([{ kind: "ConfigMap" }]);
  });

  it("leaves nothing outside of the folder", async () => {
    await writeFile(join(folder.path, "escape.yaml"), `${cluster}metadata: { name: ../../escape }\nspec: {}\n`);
    const answer = await drover("target", "--repo", "repo", "--clusters", "escape.yaml", "-o", "dir=inside/out");
    expect(answer).toMatchObject({ code: 1, documents: [{ error: expect.stringContaining("leads out of") }] });
  });
});

async function read(name: string): Promise<unknown[]> {
  return parseYaml(await readFile(join(folder.path, name), "utf8")).map(({ value }) => value);
}
