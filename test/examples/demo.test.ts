import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { createTempDir } from "../support/temp-dir.ts";

const root = join(import.meta.dirname, "../..");

it("npm run demo -- --script plays its tour to the end", { timeout: 240_000 }, async () => {
  await using folder = await createTempDir("demo");
  const args = ["run", "--silent", "demo", "--", "--script", "--folder", join(folder.path, "demo")];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: root });
  expect(stdout).toContain("The tour went as it should.");
  expect(stdout.match(/^ok {4}/gmu)?.length).toBeGreaterThanOrEqual(10);
  expect(stdout).not.toContain("FAIL");
});
