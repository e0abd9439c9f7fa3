import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** How one call of the command line ended. */
export interface Call {
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it counts as a fault of Drover: no exit code, a strange one, an INTERNAL error. */
  readonly crash?: string;
  readonly seconds: number;
}

const timeoutMs = 180_000;
const main = join(import.meta.dirname, "../../cli/main.ts");

/** Runs `drover …` as a user does, a process of its own, and returns how it ended. */
export function runDrover(args: readonly string[]): Call {
  const start = performance.now();
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [main, ...args], {
    encoding: "utf8",
    timeout: timeoutMs,
    maxBuffer: 2 ** 30,
  });
  const crash = crashOf({ status, signal, stderr, error });
  return {
    command: args[0] ?? "",
    stdout,
    stderr,
    ...(crash === undefined ? {} : { crash }),
    seconds: (performance.now() - start) / 1000,
  };
}

function crashOf(end: {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly error: Error | undefined;
}): string | undefined {
  if (end.error !== undefined) return end.error.message;
  if (end.status === null) return `ended by ${end.signal ?? "nothing"}`;
  if (end.status !== 0 && end.status !== 1) return `exit code ${end.status}: ${end.stderr.slice(0, 300)}`;
  return /\bINTERNAL\b|^\s+at .*\.ts:\d+/mu.exec(end.stderr)?.[0];
}
