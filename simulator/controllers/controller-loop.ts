import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { MemoryStore } from "../../apiserver/storage/memory-store.ts";
import type { Logger } from "../../shared/log.ts";
import type { ObjectName } from "../cluster-client.ts";
import type { Controller } from "./controller.ts";

/** Keeps controllers at work. */
export interface ControllerLoop extends AsyncDisposable {
  /** Resolves when nothing is queued or running; what waits for its time does not count. */
  settled(): Promise<void>;
  /** Looks at an object with every controller that watches its collection. */
  enqueue(resource: string, object: ApiObject): void;
}

interface Job {
  readonly controller: Controller;
  readonly object: ObjectName;
  /** How often it has failed in a row. */
  readonly failures: number;
}

const retryMs = [50, 200, 1000, 5000];

/** Starts controllers on a store: one object after the other, again when it changed meanwhile, later when it failed. */
export function startControllers(controllers: readonly Controller[], store: MemoryStore, log: Logger): ControllerLoop {
  const queue = new Map<string, Job>();
  const timers = new Map<string, NodeJS.Timeout>();
  let running: Promise<void> | undefined;
  const stopping = new AbortController();
  const { signal } = stopping;

  function add(job: Job): void {
    const key = keyOf(job);
    clearTimeout(timers.get(key));
    timers.delete(key);
    if (signal.aborted) return;
    if (!queue.has(key)) queue.set(key, job);
    running ??= drain();
  }

  function addLater(job: Job, delayMs: number): void {
    const key = keyOf(job);
    clearTimeout(timers.get(key));
    const timer = setTimeout(
      () => {
        timers.delete(key);
        add(job);
      },
      Math.max(0, delayMs),
    );
    timer.unref();
    timers.set(key, timer);
  }

  async function drain(): Promise<void> {
    // Writers go first: what they change in one go is looked at once.
    await new Promise((resolve) => setImmediate(resolve));
    for (let next = firstOf(queue); next !== undefined && !signal.aborted; next = firstOf(queue)) {
      queue.delete(keyOf(next));
      await run(next);
    }
    running = undefined;
    if (queue.size > 0 && !signal.aborted) running = drain();
  }

  async function run(job: Job): Promise<void> {
    try {
      const againMs = await job.controller.reconcile(job.object);
      if (againMs !== undefined && !signal.aborted) addLater({ ...job, failures: 0 }, againMs);
    } catch (error) {
      const failures = job.failures + 1;
      log.warn(
        { controller: job.controller.name, key: keyOf(job), failures, error: String(error) },
        "controller failed",
      );
      addLater({ ...job, failures }, retryMs[Math.min(failures, retryMs.length) - 1] ?? 0);
    }
  }

  function enqueue(resource: string, object: ApiObject): void {
    for (const controller of controllers) {
      for (const name of controller.watches[resource]?.(object) ?? []) add({ controller, object: name, failures: 0 });
    }
  }

  const stopListening = store.listen((resource, change) => {
    enqueue(resource, change.object);
    for (const controller of controllers) {
      for (const object of controller.affectedBy?.(resource, change) ?? []) add({ controller, object, failures: 0 });
    }
  });

  return {
    enqueue,
    settled: async () => {
      for (let work = running; work !== undefined; work = running) await work;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      stopListening();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      queue.clear();
      await running;
    },
  };
}

function keyOf({ controller, object }: Job): string {
  return `${controller.name} ${object.resource} ${object.namespace}/${object.name}`;
}

function firstOf(queue: ReadonlyMap<string, Job>): Job | undefined {
  return queue.values().next().value;
}
