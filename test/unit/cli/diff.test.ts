import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);
let folder: TempDir;

function aConfigMap(name: string, data: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: ${data}\n`;
}

function aCluster(name: string, env: string): string {
  return `kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: ${name}, labels: { env: ${env} } }\nspec: {}\n`;
}

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder.path, name)), { recursive: true });
  await writeFile(join(folder.path, name), text);
}

async function commit(message: string): Promise<void> {
  const cwd = join(folder.path, "repo");
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  await run("git", ["add", "-A"], { cwd });
  await run("git", [...identity, "commit", "-qm", message], { cwd });
  await run("git", ["tag", message], { cwd });
}

async function diff(...words: readonly string[]) {
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const given = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
  const code = await runCli(["diff", ...words, ...given], context);
  return { code, output: output(), errors: errors() };
}

beforeAll(async () => {
  folder = await createTempDir("diff");
  await put(
    "clusters.yaml",
    [aCluster("dev", "dev"), aCluster("prod-1", "prod"), aCluster("prod-2", "prod")].join("---\n"),
  );
  await put("targets.yaml", "targets: [{ clusterSelector: {} }]\ntargetRestrictions: [{ clusterSelector: {} }]\n");
  const custom = "{ name: prod, clusterSelector: { matchLabels: { env: prod } }, yaml: { overlays: [prod] } }";
  await put("repo/web/fleet.yaml", `targetCustomizations: [${custom}]\n`);
  await put("repo/web/cm.yaml", aConfigMap("web", "{ size: small, big.number: 'x', ports: [1, 2] }"));
  await put("repo/web/overlays/prod/cm_patch.yaml", "data: { size: large }\n");
  await put("repo/old/cm.yaml", aConfigMap("old", "{}"));
  await put("repo/old/fleet.yaml", "{}\n");
  await run("git", ["init", "-q", "-b", "main"], { cwd: join(folder.path, "repo") });
  await commit("one");
  await put("repo/web/overlays/prod/cm_patch.yaml", "data: { size: huge }\n");
  await commit("two");
  await run("git", ["rm", "-rq", "old"], { cwd: join(folder.path, "repo") });
  await put("repo/new/cm.yaml", aConfigMap("new", "{}"));
  await put("repo/new/fleet.yaml", "{}\n");
  await commit("three");
});
afterAll(async () => folder[Symbol.asyncDispose]());

describe("drover diff", () => {
  it("names the value that changes, on all clusters where it does", async () => {
    expect(await diff("one", "two")).toEqual({
      code: 0,
      output:
        '2 clusters: prod-1, prod-2\n  changed ConfigMap web (bundle config-web)\n    data.size: "large" → "huge"\n',
      errors: "",
    });
  });

  it("shows what is created and removed, and groups clusters by their change, the largest group first", async () => {
    const { output } = await diff("one", "three", "-o", "json");
    expect(JSON.parse(output)).toMatchObject([
      {
        clusters: ["prod-1", "prod-2"],
        changes: [
          { action: "created", bundle: "config-new", kind: "ConfigMap", name: "new" },
          { action: "removed", bundle: "config-old", name: "old" },
          { action: "changed", name: "web", fields: [{ path: "data.size", before: "large", after: "huge" }] },
        ],
      },
      { clusters: ["dev"], changes: [{ action: "created" }, { action: "removed" }] },
    ]);
    expect((await diff("two", "three", "-o", "table")).output).toMatch(/^3 +dev,prod-1,prod-2 +created +config-new/mu);
  });

  it("says that nothing changes", async () => {
    expect(await diff("two", "two")).toEqual({ code: 0, output: "Nothing changes on any cluster.\n", errors: "" });
    expect((await diff("two", "two", "-o", "json")).output).toBe("[]\n");
  });

  it("looks only at one cluster and at the paths that are named", async () => {
    expect((await diff("one", "three", "web", "--cluster", "dev")).output).toBe("Nothing changes on any cluster.\n");
  });

  it("takes the folder as it is for a dot, and goes on when one side has faults", async () => {
    await put("repo/new/cm.yaml", aConfigMap("new", "{ a: b }"));
    await put("repo/bad/fleet.yaml", "helm: [\n");
    await put("repo/bad/cm.yaml", aConfigMap("bad", "{}"));
    const { code, output, errors } = await diff("three", ".");
    expect(code).toBe(1);
    expect(output).toContain('data.a: nothing → "b"');
    expect(errors).toMatch(
      /^\. is shown without what fails in it:\napply config-bad: FLEET_YAML_INVALID: bad\/fleet\.yaml:2:1: /u,
    );
  });

  it("needs two revisions that exist", async () => {
    expect(await diff("one")).toMatchObject({ code: 2 });
    const { code, errors } = await diff("one", "nine");
    expect(code).toBe(1);
    expect(errors).toContain("has no revision nine");
  });
});
