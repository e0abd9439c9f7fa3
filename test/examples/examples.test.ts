import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { runCli } from "../../cli/main.ts";
import { readClusters } from "../../cli/offline/read-clusters.ts";
import { gitRepoSchema } from "../../shared/api/git-repo.ts";
import { createTestContext } from "../support/cli-context.ts";
import { programPath } from "../support/kube.ts";

const examples = join(import.meta.dirname, "../../examples");
const folders = readdirSync(examples, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** Runs an offline command on an example; returns its exit code and output. */
async function drover(example: string, ...words: readonly string[]) {
  const lines: string[] = [];
  const faults: string[] = [];
  const kustomize = dirname(await programPath("kustomize"));
  const files = ["--repo", "repository", "--gitrepo", "gitrepo.yaml", "--clusters", "clusters.yaml"];
  const code = await runCli([...words, ...files], {
    env: { PATH: `${kustomize}${delimiter}${process.env["PATH"] ?? ""}` },
    cwd: join(examples, example),
    print: (text) => void lines.push(text),
    printError: (text) => void faults.push(text),
    hub: async () => Promise.reject(new Error("an example is rendered without a hub")),
    nowMs: Date.now,
  });
  return { code, output: lines.join("\n"), faults };
}

function values(text: string, file: string): unknown[] {
  return parseYaml(text, { file }).map(({ value }) => value);
}

describe.each(folders)("examples/%s", (example) => {
  const clusters = readClusters(join(examples, example, "clusters.yaml"), "fleet-default").clusters.map(
    ({ metadata }) => metadata.name ?? "",
  );

  it.each(clusters)("gives cluster %s the objects of expected/", async (cluster) => {
    const { code, output, faults } = await drover(example, "render", "--cluster", cluster);
    expect({ code, faults }).toEqual({ code: 0, faults: [] });
    const file = join(examples, example, "expected", `${cluster}.yaml`);
    expect(values(output, "output")).toEqual(values(readFileSync(file, "utf8"), file));
  });

  it("has an expected file for each cluster and for no other", () => {
    const files = readdirSync(join(examples, example, "expected"));
    expect(files.toSorted()).toEqual(clusters.map((cluster) => `${cluster}.yaml`).toSorted());
  });

  it("has a GitRepo that names the repository as the Git server of docker-compose.yml serves it", () => {
    const file = join(examples, example, "gitrepo.yaml");
    const [gitRepo] = values(readFileSync(file, "utf8"), file);
    expect(gitRepoSchema.parse(gitRepo).spec.repo).toBe(`http://localhost:8080/${example}.git`);
  });

  it("is explained", () => {
    expect(readFileSync(join(examples, example, "README.md"), "utf8")).toContain(`# ${example}\n`);
  });
});

const tested = folders.filter((example) => existsSync(join(examples, example, "drover-test.yaml")));

it.each(tested)("examples/%s passes its own drover test", async (example) => {
  const { context, output } = createTestContext({ cwd: join(examples, example) });
  expect({ code: await runCli(["test"], context), output: output() }).toMatchObject({ code: 0 });
});
