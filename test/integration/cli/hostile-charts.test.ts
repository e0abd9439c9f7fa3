import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { hostileInEachWay } from "../../support/hostile-templates.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const program = join(import.meta.dirname, "../../../cli/main.ts");
/** Half of what V8 gives a process by itself on a small machine. */
const maxRssMb = 1000;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly peakMb: number;
}

/** Returns the most memory that a process had so far, 0 once it has ended (Linux). */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0") / 1024;
  } catch {
    return 0;
  }
}

async function renderInProcess(chart: string): Promise<Ended> {
  const child = spawn(process.execPath, [program, "helm", "template", "x", chart], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  let peakMb = 0;
  const sampler = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid ?? 0));
  }, 10);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (...end) => resolve(end));
  });
  clearInterval(sampler);
  return { code, signal, stderr, peakMb };
}

it.each(hostileInEachWay)(
  "drover helm template ends with the place of a template that %s",
  { timeout: 120_000 },
  async (_, text) => {
    await using folder = await createTempDir("hostile-chart");
    await mkdir(join(folder.path, "templates"));
    await writeFile(join(folder.path, "Chart.yaml"), "apiVersion: v2\nname: bomb\nversion: 1.0.0\n");
    await writeFile(join(folder.path, "templates/bomb.yaml"), text);
    const { code, signal, stderr, peakMb } = await renderInProcess(folder.path);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toMatch(
      /^Error: (?:template: bomb\/templates\/bomb\.yaml:1:\d+: .*the template|reading what bomb\/templates\/bomb\.yaml wrote) takes more than \d+ /u,
    );
    expect(peakMb).toBeGreaterThan(20);
    expect(peakMb).toBeLessThan(maxRssMb);
  },
);
