import { describe, expect, it } from "vitest";

import { ApiError } from "../../../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import { createMemoryStore, type MemoryStore } from "../../../../apiserver/storage/memory-store.ts";
import type { ObjectKey, StoreEvent } from "../../../../apiserver/storage/object-store.ts";

const resource = "/configmaps";

function keyOf(name: string, namespace = "default"): ObjectKey {
  return { resource, namespace, name };
}

function aConfigMap(name: string, data: Readonly<Record<string, string>> = {}): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default", uid: `uid-${name}` }, data };
}

async function storeWith(...names: readonly string[]): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const name of names) await store.create(keyOf(name), aConfigMap(name));
  return store;
}

async function take(events: AsyncIterable<StoreEvent>, count: number): Promise<readonly StoreEvent[]> {
  const taken: StoreEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`expected an ApiError, got ${String(error)}`);
}

describe("memory store", () => {
  it("stamps a rising version on every write", async () => {
    const store = createMemoryStore();
    const created = await store.create(keyOf("a"), aConfigMap("a"));
    const updated = await store.update(keyOf("a"), aConfigMap("a", { color: "red" }));
    expect(Number(updated.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
    expect(await store.get(keyOf("a"))).toEqual(updated);
  });

  it("does not write an update that changes nothing", async () => {
    const store = await storeWith("a");
    const before = store.currentVersion();
    const updated = await store.update(keyOf("a"), aConfigMap("a"));
    expect(updated.metadata.resourceVersion).toBe(before);
    expect(store.currentVersion()).toBe(before);
  });

  it("refuses a second object of the same name", async () => {
    const error = await failureOf((await storeWith("a")).create(keyOf("a"), aConfigMap("a")));
    expect(error).toMatchObject({ reason: "AlreadyExists", message: 'configmaps "a" already exists' });
  });

  it("refuses a write whose precondition does not hold", async () => {
    const store = await storeWith("a");
    const stale = await failureOf(store.update(keyOf("a"), aConfigMap("a"), { resourceVersion: "1" }));
    const other = await failureOf(store.delete(keyOf("a"), { uid: "another" }));
    expect([stale.reason, other.reason]).toEqual(["Conflict", "Conflict"]);
    expect((await store.get(keyOf("a"))).metadata.uid).toBe("uid-a");
  });

  it("says that what is not there is not there", async () => {
    const store = createMemoryStore();
    const errors = [store.get(keyOf("a")), store.update(keyOf("a"), aConfigMap("a")), store.delete(keyOf("a"))];
    const reasons = await Promise.all(errors.map(async (error) => (await failureOf(error)).reason));
    expect(reasons).toEqual(["NotFound", "NotFound", "NotFound"]);
  });

  it("lists one namespace in the order of names", async () => {
    const store = await storeWith("b", "c", "a");
    await store.create(keyOf("a", "other"), aConfigMap("a"));
    const list = await store.list({ resource, namespace: "default" });
    expect(list.items.map((item) => item.metadata.name)).toEqual(["a", "b", "c"]);
    expect(list.resourceVersion).toBe(store.currentVersion());
  });

  it("continues a paged list at the version of its first page", async () => {
    const store = await storeWith("a", "b", "c", "d");
    const first = await store.list({ resource, limit: 2 });
    await store.delete(keyOf("c"));
    await store.create(keyOf("cc"), aConfigMap("cc"));
    await store.update(keyOf("d"), aConfigMap("d", { changed: "yes" }));
    const second = await store.list({ resource, limit: 2, continue: first.continue });
    expect(first.remainingItemCount).toBe(2);
    expect(second.items.map((item) => item.metadata.name)).toEqual(["c", "d"]);
    expect(second.items[1]).toMatchObject({ data: {} });
    expect(second.resourceVersion).toBe(first.resourceVersion);
    expect(second.continue).toBeUndefined();
  });

  it("lets a page end early only when a filter asks for few of many", async () => {
    const store = await storeWith("a", "b", "c", "d");
    const filter = { labels: {}, fields: {}, matches: (object: ApiObject) => object.metadata.name !== "a" };
    const page = await store.list({ resource, limit: 2, filter });
    expect(page.items.map((item) => item.metadata.name)).toEqual(["b", "c"]);
    expect(page.remainingItemCount).toBeUndefined();
    expect(page.continue).toBeDefined();
  });

  it("answers 410 with a token to go on when the version of a paged list is forgotten", async () => {
    const store = await storeWith("a", "b", "c");
    const first = await store.list({ resource, limit: 1 });
    await store.create(keyOf("d"), aConfigMap("d"));
    store.compact();
    const error = await failureOf(store.list({ resource, limit: 1, continue: first.continue }));
    expect(error.code).toBe(410);
    expect(error).toHaveProperty("continueToken", expect.any(String));
  });

  it("sends what was missed and then what is new, once each", async () => {
    const store = await storeWith("a");
    const { resourceVersion } = await store.list({ resource });
    await store.create(keyOf("b"), aConfigMap("b"));
    const events = store.watch({ resource, fromResourceVersion: resourceVersion }, new AbortController().signal);
    await store.update(keyOf("a"), aConfigMap("a", { color: "red" }));
    await store.create({ resource: "/secrets", namespace: "default", name: "s" }, aConfigMap("s"));
    const deleted = await store.delete(keyOf("b"));
    const taken = await take(events, 3);
    expect(taken.map(({ type }) => type)).toEqual(["created", "updated", "deleted"]);
    expect(taken[1]).toMatchObject({ previous: { data: {} }, object: { data: { color: "red" } } });
    expect(taken[2]?.resourceVersion).toBe(deleted.metadata.resourceVersion);
  });

  it("refuses a watch from a forgotten version", async () => {
    const store = await storeWith("a", "b");
    store.compact();
    const watch = (): unknown => store.watch({ resource, fromResourceVersion: "2" }, new AbortController().signal);
    expect(watch).toThrowError("too old resource version: 2 (3)");
  });

  it("ends a watcher that lags too far behind with 410", async () => {
    const store = createMemoryStore({ maxWatchLag: 2 });
    const events = store.watch({ resource, fromResourceVersion: "1" }, new AbortController().signal);
    for (const name of ["a", "b", "c"]) await store.create(keyOf(name), aConfigMap(name));
    expect((await failureOf(take(events, 3))).code).toBe(410);
  });

  it("ends a watch when its signal is aborted, after what it has yet to read", async () => {
    const store = createMemoryStore();
    const stop = new AbortController();
    const events = store.watch({ resource, fromResourceVersion: "1" }, stop.signal);
    await store.create(keyOf("a"), aConfigMap("a"));
    stop.abort();
    await store.create(keyOf("b"), aConfigMap("b"));
    expect(await take(events, 5)).toHaveLength(1);
  });

  it("reports progress while nothing happens", async () => {
    const store = await storeWith("a");
    const events = store.watch(
      { resource, fromResourceVersion: "2", progressEveryMs: 5 },
      new AbortController().signal,
    );
    expect(await take(events, 1)).toEqual([{ type: "progress", resourceVersion: "2" }]);
  });
});
