import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Program, startProgram } from "../kube/start-program.ts";
import { startWatchdog } from "../kube/watchdog.ts";
import { createTempDir } from "./temp-dir.ts";

/** A script of ours to run as a process of its own. */
export interface ScriptSpec {
  /** For messages, such as `agent of dev`. */
  readonly name: string;
  /** Path from the root of the checkout, such as `bundler/main.ts`. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Variables besides our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself, such as `--max-old-space-size=64`. */
  readonly nodeOptions?: readonly string[];
}

/** A script that runs; it ends with its scope, and with this process however that ends. */
export interface ScriptProcess extends Program, AsyncDisposable {
  /** Returns everything that it wrote to stdout and stderr. */
  log(): Promise<string>;
  /** Returns the first match in its output, waiting for it. Throws with the last lines when it ends before or time is up. */
  waitForLog(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
}

const root = resolve(import.meta.dirname, "../..");

/** Starts a script with the Node that runs this. */
export async function startScript(spec: ScriptSpec): Promise<ScriptProcess> {
  const dir = await createTempDir("script");
  const watchdog = startWatchdog(dir.path);
  const logPath = join(dir.path, "output.log");
  const program = await startProgram({
    name: spec.name,
    path: process.execPath,
    args: [...(spec.nodeOptions ?? []), resolve(root, spec.script), ...(spec.args ?? [])],
    logPath,
    cwd: root,
    watchdog,
    ...(spec.env === undefined ? {} : { env: spec.env }),
  });
  const log = (): Promise<string> => readFile(logPath, "utf8");
  return {
    name: program.name,
    pid: program.pid,
    get ended() {
      return program.ended;
    },
    get exitCode() {
      return program.exitCode;
    },
    logTail: () => program.logTail(),
    stop: (graceMs) => program.stop(graceMs),
    kill: () => program.kill(),
    log,
    waitForLog: async (pattern, deadlineMs = 20_000) => {
      const giveUpAt = Date.now() + deadlineMs;
      for (;;) {
        const { ended } = program;
        const match = pattern.exec(await log());
        if (match !== null) return match;
        if (ended) throw new Error(`${spec.name} ended without saying ${pattern}:\n${program.logTail()}`);
        if (Date.now() > giveUpAt)
          throw new Error(`${spec.name} did not say ${pattern} in time:\n${program.logTail()}`);
        await delay(20);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      await watchdog.release();
      await dir[Symbol.asyncDispose]();
    },
  };
}
