import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";

import { AppError } from "../../shared/errors.ts";
import type { FetchJob, FetchResult } from "./fetch-into-store.ts";
import type { FetchAnswer, FetchRequest } from "./fetch-messages.ts";
import { errorFromPlain } from "./fetch-messages.ts";
import type { ProxySettings } from "./git-http.ts";
import { workerEnv } from "./worker-env.ts";

export interface FetchPoolOptions {
  /** Processes at most. */
  readonly size?: number;
  /** Fetches after which a process is replaced. */
  readonly fetchesPerWorker?: number;
  readonly proxy?: ProxySettings;
  /** The program of the processes; default: fetch-worker.ts beside this file. */
  readonly workerUrl?: URL;
  /** Environment of the processes; nothing of ours is in it by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs fetches in warm child processes with limits on time and memory. */
export interface FetchPool extends AsyncDisposable {
  /** Runs a job; `affinity` prefers the process that served the same remote before, since it has a connection. */
  fetch(job: FetchJob, affinity: string, signal?: AbortSignal): Promise<FetchResult>;
  /** Starts a process, so that the first fetch finds it running. */
  warm(): void;
  /** Process IDs, for those who measure them. */
  pids(): readonly number[];
}

interface Worker {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  busy: boolean;
  ended: boolean;
  fetches: number;
  affinity: string;
}

/** More than `memoryBytes` of the usual limits allows, so that it is those that are met and named. */
const heapMegabytes = 640;

/** Returns a pool of processes; none is started before `warm` or the first fetch. */
export function createFetchPool(options: FetchPoolOptions = {}): FetchPool {
  const size = options.size ?? 2;
  const fetchesPerWorker = options.fetchesPerWorker ?? 500;
  const workerUrl = options.workerUrl ?? new URL("./fetch-worker.ts", import.meta.url);
  const workers: Worker[] = [];
  const waiting: (() => void)[] = [];
  let closed = false;

  function start(): Worker {
    const child = fork(workerUrl, [], {
      execArgv: [`--max-old-space-size=${heapMegabytes}`, "--disable-warning=ExperimentalWarning"],
      env: { ...workerEnv(), ...options.env },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    const worker: Worker = { child, exited, busy: false, ended: false, fetches: 0, affinity: "" };
    child.once("error", () => end(worker));
    child.once("exit", () => {
      end(worker);
      resolve();
    });
    child.unref();
    child.channel?.unref();
    send(worker, { type: "configure", proxy: options.proxy ?? {} });
    workers.push(worker);
    return worker;
  }

  function end(worker: Worker): void {
    worker.ended = true;
    const index = workers.indexOf(worker);
    if (index >= 0) workers.splice(index, 1);
    worker.child.kill("SIGKILL");
    waiting.shift()?.();
  }

  async function acquire(affinity: string): Promise<Worker> {
    for (;;) {
      if (closed) throw new AppError("GIT_WORKER_ENDED", "the hub is shutting down");
      const idle = workers.filter((worker) => !worker.busy);
      const chosen = idle.find((worker) => worker.affinity === affinity) ?? idle[0];
      const worker = chosen ?? (workers.length < size ? start() : undefined);
      if (worker !== undefined) {
        worker.busy = true;
        worker.affinity = affinity;
        return worker;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function release(worker: Worker): void {
    worker.busy = false;
    worker.fetches += 1;
    if (worker.ended) {
      end(worker);
      return;
    }
    if (worker.fetches < fetchesPerWorker) {
      waiting.shift()?.();
      return;
    }
    end(worker);
    if (!closed) start();
  }

  async function run(job: FetchJob, affinity: string, signal?: AbortSignal): Promise<FetchResult> {
    signal?.throwIfAborted();
    const worker = await acquire(affinity);
    try {
      signal?.throwIfAborted();
      return await runOn(worker, job, signal);
    } catch (error) {
      if (error instanceof AppError && error.code === "GIT_LIMIT_EXCEEDED") end(worker);
      throw error;
    } finally {
      release(worker);
    }
  }

  return {
    fetch: run,
    warm: () => {
      if (workers.length === 0 && !closed) start();
    },
    pids: () => workers.flatMap((worker) => worker.child.pid ?? []),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      const running = [...workers];
      for (const worker of running) {
        worker.child.ref();
        end(worker);
      }
      for (const wake of waiting.splice(0)) wake();
      await Promise.all(running.map((worker) => worker.exited));
    },
  };
}

/** Runs one job on a process of its own for that time; a process that does not answer in time is killed. */
function runOn(worker: Worker, job: FetchJob, signal: AbortSignal | undefined): Promise<FetchResult> {
  const { child } = worker;
  return new Promise((resolve, reject) => {
    const graceMs = 2000;
    const timer = setTimeout(() => {
      fail(
        new AppError("GIT_LIMIT_EXCEEDED", `the fetch took more than ${job.limits.timeoutMs} ms`, {
          details: { timeoutMs: job.limits.timeoutMs },
        }),
      );
    }, job.limits.timeoutMs + graceMs);

    function settle(): void {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      signal?.removeEventListener("abort", onAbort);
      child.channel?.unref();
      child.unref();
    }
    function fail(error: unknown): void {
      settle();
      worker.ended = true;
      child.kill("SIGKILL");
      reject(error);
    }
    function onAbort(): void {
      fail(signal?.reason);
    }
    function onExit(): void {
      fail(new AppError("GIT_WORKER_ENDED", "the fetch process ended unexpectedly; memory may have run out"));
    }
    function onMessage(answer: FetchAnswer): void {
      if (answer.type === "ready") return;
      settle();
      if (answer.type === "fetched") resolve(answer.result);
      else reject(errorFromPlain(answer.error));
    }

    if (worker.ended) {
      clearTimeout(timer);
      reject(new AppError("GIT_WORKER_ENDED", "the fetch process ended before it began"));
      return;
    }
    child.channel?.ref();
    child.ref();
    child.on("message", onMessage);
    child.once("exit", onExit);
    signal?.addEventListener("abort", onAbort, { once: true });
    send(worker, { type: "fetch", job });
  });
}

function send(worker: Worker, request: FetchRequest): void {
  worker.child.send(request, () => undefined);
}
