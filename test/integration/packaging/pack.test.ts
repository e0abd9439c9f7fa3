import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadAllCommands } from "../../../cli/commands.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { droverVersion } from "../../../shared/version.ts";
import { createSimulatedCluster } from "../../../simulator/simulated-cluster.ts";
import { freePort } from "../../kube/free-port.ts";
import { startProgram } from "../../kube/start-program.ts";
import { startWatchdog } from "../../kube/watchdog.ts";
import { until } from "../../support/e2e-chain.ts";
import { startScript } from "../../support/script-process.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const commands = await loadAllCommands();

const root = join(import.meta.dirname, "../../..");
const run = promisify(execFile);
// Where the installed command keeps its code is up to it.
vi.stubEnv("NODE_COMPILE_CACHE", undefined);
/** npm and the installed programs find the Node that runs this. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` };

/** Whether a file has the code of the program that renders charts. */
function isKept(name: string): boolean {
  return /^drover-helm-template-\w+\.cjs-v\d+/u.test(name);
}

describe("the package that `npm pack` makes, installed", () => {
  let folder: TempDir;
  let drover: string;

  beforeAll(async () => {
    folder = await createTempDir("pack");
    await run("npm", ["pack", "--silent", "--pack-destination", folder.path], { cwd: root, env });
    const archive = (await readdir(folder.path)).find((name) => name.endsWith(".tgz")) ?? "";
    const prefix = join(folder.path, "prefix");
    const quietly = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    await run("npm", ["install", "--global", "--prefix", prefix, ...quietly, join(folder.path, archive)], {
      cwd: folder.path,
      env,
    });
    drover = join(prefix, "bin/drover");
    return async () => folder[Symbol.asyncDispose]();
  }, 180_000);

  /** Runs the installed command in the temporary folder; returns its exit code and what it wrote. */
  async function call(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    try {
      const options = { cwd: folder.path, env: { ...env, XDG_CACHE_HOME: join(folder.path, "cache") } };
      return { code: 0, ...(await run(drover, args, options)) };
    } catch (error) {
      if (typeof error === "object" && error !== null && "code" in error && "stdout" in error && "stderr" in error)
        return { code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) };
      throw error;
    }
  }

  it("holds the licence, the notices and the programs, and no sources", async () => {
    const installed = join(folder.path, "prefix/lib/node_modules/drover");
    const files = await readdir(installed);
    expect(files).toEqual(expect.arrayContaining(["CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "dist"]));
    const all = await readdir(join(installed, "dist"), { recursive: true });
    expect(all.filter((name) => name.endsWith(".ts"))).toEqual([]);
    expect(await readFile(join(installed, "LICENSE"), "utf8")).toContain("Apache License");
  });

  it("says its version and its commands", async () => {
    expect((await call("--version")).stdout.trim()).toBe(droverVersion);
    const { stdout } = await call("--help");
    const lines = stdout.split("\n").map((line) => line.trim().split(/ {2,}/u));
    for (const { name, summary } of commands) expect(lines).toContainEqual([name, summary]);
  });

  it("says so when the machine's Node is too old", async () => {
    const older = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.1.0'}})";
    const options = { cwd: folder.path, env: { ...env, NODE_OPTIONS: `--import "${older}"` } };
    await expect(run(drover, ["--version"], options)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("drover needs Node 24 or newer"),
    });
  });

  it("prints the settings of both programs, and what is missing", async () => {
    const { stdout } = await call("bundler", "--print-config", "--port", "7000");
    expect(JSON.parse(stdout)).toMatchObject({ port: 7000, dataDir: "./drover-data" });
    expect(await call("agent")).toMatchObject({ code: 2, stderr: expect.stringContaining("--hub (AGENT_HUB)") });
    expect(await call("agent", "--hub", "https://hub.example")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--kubeconfig (AGENT_KUBECONFIG) is needed"),
    });
  });

  it("renders a chart by a program of its own with the code that the build or a call kept, with the same words for faults", async () => {
    const chart = join(folder.path, "web");
    await mkdir(join(chart, "templates"), { recursive: true });
    await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    await writeFile(
      join(chart, "templates/map.yaml"),
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}",
    );
    const first = await call("helm", "template", "x", "web");
    expect(first.stdout).toBe(
      "---\n# Source: web/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n",
    );
    const dist = join(folder.path, "prefix/lib/node_modules/drover/dist");
    const cache = join(folder.path, "cache/drover/compiled");
    const shipped = (await readdir(dist)).filter(isKept);
    expect(shipped).toHaveLength(1);
    expect(existsSync(cache) ? (await readdir(cache)).filter(isKept) : []).toEqual([]);
    // As with a version of Node other than the one that built it.
    await rm(join(dist, shipped[0] ?? ""));
    expect(await call("helm", "template", "x", "web")).toEqual(first);
    expect((await readdir(cache)).filter(isKept)).toEqual(shipped);
    expect(await call("helm", "template", "x", "web")).toEqual(first);
    expect(await call("helm", "template")).toMatchObject({
      code: 2,
      stderr: "CHART is missing\nUsage: drover helm template [NAME] CHART\n",
    });
    expect((await call("helm", "template", "--help")).stdout).toContain("--show-only");
    expect(await call("helm", "template", "x", "nowhere")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Error: /u),
    });
  });

  it("runs the whole chain: hub, command line, agent, its workers", { timeout: 120_000 }, async () => {
    await using stack = new AsyncDisposableStack();
    const watchdog = startWatchdog(folder.path);
    stack.defer(async () => watchdog.release());
    const cluster = stack.use(await createSimulatedCluster({ name: "packed", clock: systemClock, log: silentLogger }));
    const kubeconfig = join(folder.path, "cluster.kubeconfig");
    await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
    const [hubPort, gitPort] = [await freePort(), await freePort()];
    const git = stack.use(
      await startScript({
        name: "git",
        script: "tools/serve-examples.ts",
        args: ["--root", join(folder.path, "git"), "--port", String(gitPort)],
      }),
    );
    const start = async (name: string, args: readonly string[]): Promise<() => string> => {
      const logPath = join(folder.path, `${name}.log`);
      const program = await startProgram({ name, path: drover, args, logPath, cwd: folder.path, watchdog, env });
      stack.defer(async () => program.stop());
      return () => program.logTail();
    };
    const hubLog = await start("bundler", ["bundler", "--port", String(hubPort)]);
    await until("the bundler listens", async () => hubLog().includes("bundler listens"), { describe: hubLog });
    expect(await call("status")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Workspace fleet-default: 0 repositories, 0 bundles, 0 clusters"),
    });

    const caPin = /"caPin":"(?<pin>[0-9a-f]+)"/u.exec(hubLog())?.groups?.["pin"] ?? "";
    const where = ["--hub", `https://localhost:${hubPort}`, "--ca-pin", caPin, "--kubeconfig", kubeconfig];
    const data = ["--data-dir", join(folder.path, "agent"), "--cluster-name", "packed"];
    const unregistered = await call("agent", ...where, ...data);
    expect(unregistered).toMatchObject({ code: 1, stderr: expect.stringContaining("start the agent with --token") });

    const token = (await call("register-token", "create", "--ttl", "1h")).stdout.trim();
    const agentLog = await start("agent", ["agent", ...where, ...data, "--token", token]);
    await git.waitForLog(/^ready$/mu);
    const repository = `http://127.0.0.1:${gitPort}/quick-start.git`;
    await call("gitrepo", "add", "config", repository, "--branch", "main", "--all-clusters");
    // The greeting is a Handlebars template: it has been through the workers that fetch and render.
    await until(
      "everything is ready",
      async () => {
        const { code, stdout } = await call("status");
        return code === 0 && stdout.includes("packed");
      },
      { timeoutMs: 60_000, describe: async () => `${(await call("status")).stdout}${hubLog()}${agentLog()}` },
    );
    expect((await call("get", "bundles")).stdout).toMatch(/config-greeting +1\/1/u);
  });
});
