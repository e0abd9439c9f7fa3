import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { sampleChart } from "../bench/sample-chart.ts";

const run = promisify(execFile);
const fixtures = join(import.meta.dirname, "../test/fixtures/charts");

/**
 * Calls the built command on a chart that uses what most charts use, and leaves the code that V8 made of its scripts
 * beside them, for the first call after an installation: with this version of Node, others compile.
 */
export async function keepCode(command: string): Promise<void> {
  const dist = dirname(command);
  const folder = await mkdtemp(join(dist, "keep-"));
  try {
    const chart = join(folder, "chart");
    for (const { name, data } of sampleChart(24)) {
      await mkdir(dirname(join(chart, name)), { recursive: true });
      await writeFile(join(chart, name), data);
    }
    for (const name of ["plain", "tree"]) {
      await cp(join(fixtures, name), join(chart, "charts", name), { recursive: true, filter: isVisible });
    }
    const env = { ...process.env, XDG_CACHE_HOME: folder };
    // The second call has the code of the first, and optimizes late.
    for (let call = 0; call < 2; call++)
      await run(process.execPath, [command, "helm", "template", "kept", chart], { env });
    const kept = join(folder, "drover/compiled");
    for (const name of await readdir(kept)) {
      await rename(join(kept, name), join(dist, name));
      // Whoever may read the script may read its code.
      await chmod(join(dist, name), 0o644);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Fixtures have files that only a chart of its own leaves out. */
function isVisible(path: string): boolean {
  return !basename(path).startsWith(".");
}
