import { expect, test, vi } from "vitest";
import { AppError } from "../../../../shared/errors.ts";
import { silentLogger } from "../../../../shared/log.ts";
import { createWorkQueue, type WorkQueueOptions } from "../../../../shared/runtime/work-queue.ts";

function aQueue(run: WorkQueueOptions["run"], concurrency = 4) {
  const backoff = { baseMs: 1, maxMs: 4 };
  return createWorkQueue({ name: "test", run, concurrency, backoff, log: silentLogger });
}

test("runs one key once at a time, and again when it was added meanwhile", async () => {
  let active = 0;
  let most = 0;
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  await using queue = aQueue(async () => {
    most = Math.max(most, ++active);
    runs++;
    await gate.promise;
    active--;
  });
  queue.add("a");
  await vi.waitFor(() => expect(runs).toBe(1));
  queue.add("a");
  queue.add("a");
  gate.resolve();
  await vi.waitFor(() => expect(queue.size()).toBe(0));
  expect({ most, runs }).toEqual({ most: 1, runs: 2 });
});

test("does not run more keys at once than allowed", async () => {
  let active = 0;
  let most = 0;
  await using queue = aQueue(async () => {
    most = Math.max(most, ++active);
    await new Promise((resolve) => setTimeout(resolve, 2));
    active--;
  }, 3);
  for (let key = 0; key < 10; key++) queue.add(String(key));
  await vi.waitFor(() => expect(queue.size()).toBe(0));
  expect(most).toBe(3);
});

test("takes the earlier of two delays", async () => {
  const ran = vi.fn<() => Promise<void>>(async () => undefined);
  await using queue = aQueue(ran);
  queue.add("a", 60_000);
  queue.add("a", 1);
  await vi.waitFor(() => expect(ran).toHaveBeenCalledOnce());
  expect(queue.size()).toBe(0);
});

test("retries transient errors until they stop, and leaves stalled ones", async () => {
  let attempts = 0;
  const stalled: string[] = [];
  await using queue = aQueue(async (key) => {
    if (key === "stalled") {
      stalled.push(key);
      throw new AppError("CONFIG_INVALID", "wrong", { verdict: "stalled" });
    }
    if (++attempts < 3) throw new Error("again");
  });
  queue.add("transient");
  queue.add("stalled");
  await vi.waitFor(() => expect(queue.size()).toBe(0));
  expect({ attempts, stalled }).toEqual({ attempts: 3, stalled: ["stalled"] });
});

test("aborts runs and waits for them when disposed", async () => {
  let ended = false;
  const queue = aQueue(async (_key, signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ended = true;
  });
  queue.add("a");
  await vi.waitFor(() => expect(queue.size()).toBe(1));
  await new Promise((resolve) => setImmediate(resolve));
  await queue[Symbol.asyncDispose]();
  expect(ended).toBe(true);
});
