import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScript } from "../../support/script-process.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

let dir: TempDir;

beforeAll(async () => {
  dir = await createTempDir("scripts");
});

afterAll(async () => {
  await dir[Symbol.asyncDispose]();
});

async function script(name: string, source: string): Promise<string> {
  const path = join(dir.path, name);
  await writeFile(path, source);
  return path;
}

describe("a script of ours as a process", () => {
  it("gets arguments and variables, is heard, and ends when asked", async () => {
    const path = await script(
      "talk.ts",
      `const word: string = process.argv[2] ?? "";
       console.log("listening at", word, process.env["MOOD"]);
       process.on("SIGTERM", () => { console.error("bye"); process.exit(0); });
       setInterval(() => undefined, 1000);`,
    );
    await using child = await startScript({ name: "talker", script: path, args: ["here"], env: { MOOD: "good" } });
    const match = await child.waitForLog(/listening at (?<where>\w+) (?<mood>\w+)/u);
    expect(match.groups).toEqual({ where: "here", mood: "good" });
    await child.stop();
    expect(await child.log()).toContain("bye");
    expect(child.exitCode).toBe(0);
  });

  it("is gone at once when killed", async () => {
    const path = await script(
      "stubborn.ts",
      `process.on("SIGTERM", () => undefined); console.log("up"); setInterval(() => 0, 1000);`,
    );
    await using child = await startScript({ name: "stubborn", script: path });
    await child.waitForLog(/up/u);
    await child.kill();
    expect(() => process.kill(child.pid, 0)).toThrow("ESRCH");
  });

  it("tells what it said last when it ends without what was waited for", async () => {
    const path = await script("fail.ts", `console.error("no such file: config.yaml"); process.exitCode = 2;`);
    await using child = await startScript({ name: "starter", script: path });
    await expect(child.waitForLog(/listening/u)).rejects.toThrow(/starter ended .*no such file: config\.yaml/su);
    expect(child.exitCode).toBe(2);
  });
});
