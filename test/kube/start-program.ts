import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Watchdog } from "./watchdog.ts";

/** A program of the rig that runs. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** True from the moment it ended. */
  readonly ended: boolean;
  /** Undefined while it runs, and when a signal ended it. */
  readonly exitCode: number | undefined;
  /** Returns the last lines that it logged. */
  logTail(): string;
  /** Asks the process to end, after `graceMs` kills it, and resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** Sends SIGKILL and resolves when the process is gone. */
  kill(): Promise<void>;
}

/** What to start; output goes to `logPath`. */
export interface ProgramSpec {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly cwd: string;
  readonly watchdog: Watchdog;
  /** Variables besides our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user that runs it, where that is not the current one. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** How the process is asked to end; SIGTERM unless said. */
  readonly stopSignal?: NodeJS.Signals;
}

/** Starts a program under the watchdog. Throws when the file cannot be run. */
export async function startProgram(spec: ProgramSpec): Promise<Program> {
  const log = openSync(spec.logPath, "a");
  const child = spawn(spec.path, [...spec.args], {
    cwd: spec.cwd,
    env: { ...process.env, ...spec.env },
    stdio: ["ignore", log, log],
    // A group of its own: Ctrl-C reaches us only, and we stop things in the right order.
    detached: true,
    ...spec.user,
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${spec.name} has no process id`);
  spec.watchdog.guard(pid);
  const exit = new Promise<void>((resolve) => {
    child.once("exit", () => {
      spec.watchdog.forget(pid);
      resolve();
    });
  });
  return {
    name: spec.name,
    pid,
    get ended() {
      return hasEnded(child);
    },
    get exitCode() {
      return child.exitCode ?? undefined;
    },
    logTail: () => readFileSync(spec.logPath, "utf8").split("\n").slice(-30).join("\n"),
    stop: async (graceMs = 10_000) => {
      child.kill(spec.stopSignal ?? "SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exit;
      clearTimeout(timer);
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Asks `ready` every 40 ms until it says true. When the program ends before, or `deadlineMs` pass, kills it and throws with
 * its last log lines.
 */
export async function waitUntilReady(
  program: Program,
  ready: () => Promise<boolean>,
  deadlineMs: number,
): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    const isReady = await ready();
    // Asked last: what answered may be another server, on a port that this one did not get.
    if (isReady && !program.ended) return;
    const problem = program.ended ? "ended while starting" : `was not ready after ${deadlineMs} ms`;
    if (program.ended || Date.now() > giveUpAt) {
      await program.kill();
      throw new Error(`${program.name} ${problem}:\n${program.logTail()}`);
    }
    await delay(40);
  }
}
