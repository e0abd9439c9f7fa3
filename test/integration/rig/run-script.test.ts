import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const realRunner = join(import.meta.dirname, "../../../tools/run.mjs");

// Stands for npm, which finds its way here by the variable that npm itself sets: installs what the lock file says.
const npm = `
  const { appendFileSync, mkdirSync, copyFileSync, rmSync, symlinkSync } = require("node:fs");
  appendFileSync("npm-calls.txt", process.argv.slice(2).join(" ") + "\\n");
  rmSync("node_modules", { recursive: true, force: true });
  mkdirSync("node_modules/.bin", { recursive: true });
  copyFileSync("package-lock.json", "node_modules/.package-lock.json");
  symlinkSync(process.execPath, "node_modules/.bin/node");
`;

let dir: TempDir;

beforeEach(async () => {
  dir = await createTempDir("run");
  await mkdir(join(dir.path, "tools"));
  await copyFile(realRunner, join(dir.path, "tools/run.mjs"));
  await writeFile(join(dir.path, "npm-cli.js"), npm);
  await lock({ "node_modules/a": { version: "1.0.0" } });
});

afterEach(async () => {
  await dir[Symbol.asyncDispose]();
});

async function lock(packages: Record<string, unknown>, file = "package-lock.json"): Promise<void> {
  await writeFile(join(dir.path, file), JSON.stringify({ packages: { "": {}, ...packages } }));
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(dir.path, "tools/run.mjs"), ...args], {
    env: { ...process.env, npm_execpath: join(dir.path, "npm-cli.js") },
    stdio: ["ignore", "pipe", "ignore"],
  });
}

async function end(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

async function installs(): Promise<number> {
  const calls = await readFile(join(dir.path, "npm-calls.txt"), "utf8").catch(() => "");
  return calls.split("\n").filter((line) => line.startsWith("ci ")).length;
}

describe("tools/run.mjs", () => {
  it("installs before the first run, and again only when the lock file wants something else", async () => {
    await writeFile(join(dir.path, "script.mjs"), "process.exitCode = 0;");
    await end(start("script.mjs"));
    await end(start("script.mjs"));
    expect(await installs()).toBe(1);
    await lock({ "node_modules/a": { version: "1.0.1" } });
    await end(start("script.mjs"));
    expect(await installs()).toBe(2);
    await lock({ "node_modules/a": { version: "1.0.1" }, "node_modules/b": { version: "1.0.0" } });
    await end(start("script.mjs"));
    expect(await installs()).toBe(3);
  });

  it("does not install again for optional packages of other platforms", async () => {
    await writeFile(join(dir.path, "script.mjs"), "process.exitCode = 0;");
    await end(start("script.mjs"));
    await lock({
      "node_modules/a": { version: "1.0.0" },
      "node_modules/a-win32": { version: "1.0.0", optional: true },
    });
    await end(start("script.mjs"));
    expect(await installs()).toBe(1);
  });

  it("passes arguments and the exit code on, with the installed Node first on PATH", async () => {
    const script = "console.log(process.argv.slice(2).join('|'), process.env.PATH); process.exitCode = 3;";
    await writeFile(join(dir.path, "script.mjs"), script);
    const { code, output } = await end(start("script.mjs", "one two", "--three"));
    expect(code).toBe(3);
    expect(output).toContain(`one two|--three ${join(dir.path, "node_modules/.bin")}:`);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("passes %s on and waits for the script's own end", async (signal) => {
    const script = `process.on("${signal}", () => setTimeout(() => process.exit(7), 50)); console.log("up"); setInterval(() => 0, 1000);`;
    await writeFile(join(dir.path, "script.mjs"), script);
    const child = start("script.mjs");
    child.stdout?.once("data", () => child.kill(signal));
    expect((await end(child)).code).toBe(7);
  });

  it("says so when there is no such script", async () => {
    expect((await end(start("nonsense.ts"))).code).toBe(1);
  });
});
