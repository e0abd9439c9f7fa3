import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);
const runScript = join(import.meta.dirname, "../../../cli/run-script.ts");
/** Adds some numbers in a function that V8 compiles when it is called. */
const program = `(function (require) {
  function total(numbers) { let sum = 0; for (const number of numbers) sum += number; return sum; }
  require("node:fs").writeSync(1, "sum " + total([1, 2, 3]));
  process.exitCode = Number(process.env.CODE);
})`;

describe("a script that is run with kept code", () => {
  let folder: TempDir;
  let script: string;
  let cache: string;

  beforeEach(async () => {
    folder = await createTempDir("run-script");
    script = join(folder.path, "sum-1.cjs");
    cache = join(folder.path, "cache");
    await writeFile(script, program);
    return async () => folder[Symbol.asyncDispose]();
  });

  async function call(exitCode = 0): Promise<string> {
    const text = `import { runScript } from ${JSON.stringify(runScript)}; runScript(${JSON.stringify(script)}, ${JSON.stringify(cache)});`;
    const env = { ...process.env, CODE: String(exitCode) };
    try {
      return (await run(process.execPath, ["--input-type=module", "-e", text], { env })).stdout;
    } catch (error) {
      if (error instanceof Error && "stdout" in error) return `${String(error.stdout)}, failed`;
      throw error;
    }
  }

  const keptTimes = async (): Promise<number[]> =>
    Promise.all((await readdir(cache)).map(async (name) => (await stat(join(cache, name))).mtimeMs));
  const keptFile = async (): Promise<string> => join(cache, (await readdir(cache))[0] ?? "");

  it("does the same with it, and leaves it as it is", async () => {
    expect(await call()).toBe("sum 6");
    const kept = await keptFile();
    expect((await stat(kept)).mode % 0o1000).toBe(0o600);
    const { mtimeMs } = await stat(kept);
    expect(await call()).toBe("sum 6");
    expect((await stat(kept)).mtimeMs).toBe(mtimeMs);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it("keeps nothing of a call that failed", async () => {
    expect(await call(1)).toBe("sum 6, failed");
    await expect(readdir(cache)).rejects.toThrow("ENOENT");
  });

  const damages: readonly { readonly name: string; readonly damage: (kept: Buffer) => Buffer }[] = [
    { name: "is empty", damage: () => Buffer.alloc(0) },
    { name: "was cut off", damage: (kept) => kept.subarray(0, kept.length / 2) },
    { name: "has a changed byte", damage: (kept) => kept.fill(0xa5, kept.length / 4, kept.length / 4 + 1) },
    { name: "is of another program", damage: () => Buffer.from("no code, no code, ") },
  ];
  it.each(damages)("compiles again when what was kept $name", async ({ damage }) => {
    await call();
    const kept = await keptFile();
    const whole = await readFile(kept);
    await writeFile(kept, damage(Buffer.from(whole)));
    expect(await call()).toBe("sum 6");
    expect(await readFile(kept)).toHaveLength(whole.length);
  });

  it("takes what the build has kept beside it, unless that is damaged", async () => {
    await call();
    const shipped = join(folder.path, basename(await keptFile()));
    await cp(await keptFile(), shipped);
    await rm(cache, { recursive: true });
    expect(await call()).toBe("sum 6");
    await expect(readdir(cache)).rejects.toThrow("ENOENT");
    await writeFile(shipped, (await readFile(shipped)).fill(0xa5, 100, 101));
    expect(await call()).toBe("sum 6");
    expect(await readdir(cache)).toEqual([basename(shipped)]);
  });

  it("keeps what is read with other flags apart, once the code of the program is kept", async () => {
    await writeFile(join(folder.path, "word-1.cjs"), `(function (require) { return require("node:path").sep; })`);
    const late = `(function (require, load, optimizeLate) { optimizeLate(); process.stdout.write(load("word-1.cjs")); })`;
    await writeFile(script, late);
    const counts: number[] = [];
    for (let round = 0; round < 3; round++) {
      expect(await call()).toBe("/");
      counts.push((await readdir(cache)).length);
    }
    expect(counts).toEqual([2, 3, 3]);
    const before = await keptTimes();
    expect(await call()).toBe("/");
    expect(await keptTimes()).toEqual(before);
  });

  it("hands the program what a script beside it gives", async () => {
    await writeFile(join(folder.path, "word-1.cjs"), `(function (require) { return require("node:path").sep; })`);
    await writeFile(script, `(function (require, load) { process.stdout.write("word " + load("word-1.cjs")); })`);
    expect(await call()).toBe("word /");
    expect(await readdir(cache)).toHaveLength(2);
    expect(await call()).toBe("word /");
  });

  it("does without where nothing can be kept", async () => {
    await writeFile(cache, "a file where the folder would be");
    expect(await call()).toBe("sum 6");
  });
});
