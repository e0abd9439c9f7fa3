import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApiObject } from "../../../apiserver/resources/api-object.ts";
import type { ObjectKey, StoreEvent } from "../../../apiserver/storage/object-store.ts";
import { createCredentialTable } from "../../../bundler/store/credential-table.ts";
import type { Database } from "../../../bundler/store/database.ts";
import { createGroupCommit } from "../../../bundler/store/group-commit.ts";
import { metaValue, migrate } from "../../../bundler/store/migrate.ts";
import { openObjectTable } from "../../../bundler/store/object-table.ts";
import { readRemovedBundles } from "../../../bundler/store/removed-bundles.ts";
import { createReportTable } from "../../../bundler/store/report-table.ts";
import { createSealer, createSealerKey } from "../../../bundler/store/sealer.ts";
import { engines, type StorePlace } from "./engines.ts";

const sealerKey = createSealerKey();

function aConfigMap(name: string, data: Record<string, string> = {}): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "team", uid: name }, data };
}

function keyOf(name: string, resource: ObjectKey["resource"] = "/configmaps"): ObjectKey {
  return { resource, namespace: "team", name };
}

async function take(events: AsyncIterable<StoreEvent>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) {
    if (event.type !== "progress") seen.push(`${event.type} ${event.object.metadata.name ?? ""}`);
    if (seen.length === count) break;
  }
  return seen;
}

describe.each(engines)("store on $name", ({ create }) => {
  let place: StorePlace;
  let db: Database;

  beforeEach(async () => {
    place = await create();
    db = await place.open();
    await migrate(db);
  });
  afterEach(async () => {
    await db[Symbol.asyncDispose]();
    await place.drop();
  });
  const openObjects = async () => openObjectTable(db, createSealer(sealerKey));

  it("migrates once and keeps what was stored over a restart", async () => {
    const epoch = await metaValue(db, "epoch", () => "first");
    const objects = await openObjects();
    const created = await objects.create(keyOf("a"), aConfigMap("a"));
    await db[Symbol.asyncDispose]();
    db = await place.open();
    await migrate(db);
    expect(await metaValue(db, "epoch", () => "second")).toBe(epoch);
    const again = await openObjects();
    expect(await again.get(keyOf("a"))).toEqual(created);
    const next = await again.create(keyOf("b"), aConfigMap("b"));
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
  });

  it("knows over restarts which versions it gave out, and those that it cannot have given out", async () => {
    const reopen = async (gap: number) => {
      await db[Symbol.asyncDispose]();
      db = await place.open();
      return openObjectTable(db, createSealer(sealerKey), gap);
    };
    let objects = await openObjectTable(db, createSealer(sealerKey), 700);
    await objects.create(keyOf("a"), aConfigMap("a"));
    const [first, begun] = [objects.durableVersion(), objects.durableVersion() - 1];
    expect([begun - 1, begun, first, first + 1].map(objects.knowsVersion)).toEqual([false, true, true, false]);
    objects = await reopen(900);
    const second = objects.durableVersion();
    expect(second).toBeGreaterThan(first + 900);
    expect([first, first + 1, second - 1, second, second + 1].map(objects.knowsVersion)).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
    await objects.adoptVersion(second + 5000);
    expect([first + 1, second + 5000].map(objects.knowsVersion)).toEqual([true, true]);
    expect(objects.durableVersion()).toBe(second + 5001);
    const next = await objects.create(keyOf("b"), aConfigMap("b"));
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(second + 5000);
    objects = await reopen(40);
    expect([first + 1, second + 5000, Number(next.metadata.resourceVersion)].map(objects.knowsVersion)).toEqual([
      true,
      true,
      true,
    ]);
    expect(objects.knowsVersion(objects.durableVersion() - 1)).toBe(false);
  });

  it("remembers which versions it gave out however often it starts", async () => {
    let newest = 0;
    for (let start = 0; start < 230; start++) {
      const objects = await openObjectTable(db, createSealer(sealerKey), 10);
      if (start % 40 === 0) await objects.create(keyOf(`n${start}`), aConfigMap(`n${start}`));
      newest = objects.durableVersion();
    }
    const objects = await openObjectTable(db, createSealer(sealerKey), 10);
    expect([1, newest, newest + 1].map(objects.knowsVersion)).toEqual([true, true, false]);
  });

  it("refuses a second owner of the same database", async () => {
    await expect(place.open()).rejects.toMatchObject({ code: "STORE_LOCKED" });
  });

  it("refuses to overwrite what somebody else changed, and to create twice", async () => {
    const objects = await openObjects();
    const first = await objects.create(keyOf("a"), aConfigMap("a"));
    await expect(objects.create(keyOf("a"), aConfigMap("a"))).rejects.toMatchObject({ reason: "AlreadyExists" });
    const preconditions = { resourceVersion: first.metadata.resourceVersion };
    await objects.update(keyOf("a"), aConfigMap("a", { k: "1" }), preconditions);
    await expect(objects.update(keyOf("a"), aConfigMap("a", { k: "2" }), preconditions)).rejects.toMatchObject({
      reason: "Conflict",
    });
    await expect(objects.delete(keyOf("a"), { uid: "another" })).rejects.toMatchObject({ reason: "Conflict" });
    await expect(objects.get(keyOf("nobody"))).rejects.toMatchObject({ reason: "NotFound" });
  });

  it("does not count an update that changes nothing as a write", async () => {
    const objects = await openObjects();
    const first = await objects.create(keyOf("a"), aConfigMap("a", { k: "1" }));
    const second = await objects.update(keyOf("a"), aConfigMap("a", { k: "1" }));
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it("writes all of a transaction or nothing", async () => {
    const objects = await openObjects();
    const failing = objects.write(async (writer) => {
      await writer.create(keyOf("a"), aConfigMap("a"));
      throw new Error("in the middle");
    });
    await expect(failing).rejects.toThrow("in the middle");
    expect((await objects.list({ resource: "/configmaps" })).items).toEqual([]);
  });

  it("lists in code unit order, page by page, each object once", async () => {
    const objects = await openObjects();
    const names = ["b", "a", "Z", "z", "aa", "ä"];
    await objects.write(async (writer) => {
      for (const name of names) await writer.create(keyOf(name), aConfigMap(name));
    });
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    do {
      const page = await objects.list({ resource: "/configmaps", namespace: "team", limit: 2, continue: token });
      seen.push(...page.items.map(({ metadata }) => metadata.name));
      token = page.continue;
    } while (token !== undefined);
    expect(seen).toEqual(["Z", "a", "aa", "b", "z", "ä"]);
  });

  it("watches from a list without missing or repeating a change", async () => {
    const objects = await openObjects();
    await objects.create(keyOf("before"), aConfigMap("before"));
    const { resourceVersion } = await objects.list({ resource: "/configmaps" });
    const stop = new AbortController();
    const events = objects.watch({ resource: "/configmaps", fromResourceVersion: resourceVersion }, stop.signal);
    await objects.create(keyOf("a"), aConfigMap("a"));
    await objects.create(keyOf("s", "/secrets"), { ...aConfigMap("s"), kind: "Secret" });
    await objects.update(keyOf("a"), aConfigMap("a", { k: "1" }));
    await objects.delete(keyOf("a"));
    expect(await take(events, 3)).toEqual(["created a", "updated a", "deleted a"]);
    stop.abort();
  });

  it("shows a computed status, tells watchers when it changes, and accepts the version that it showed", async () => {
    const objects = await openObjects();
    let state = "WaitApplied";
    objects.present("fleet.cattle.io/clusters", () => ({ state }));
    const key = keyOf("c", "fleet.cattle.io/clusters");
    await objects.create(key, { ...aConfigMap("c"), kind: "Cluster", status: { state: "sent by a client" } });
    expect((await objects.get(key))["status"]).toEqual({ state: "WaitApplied" });
    const stop = new AbortController();
    const { resourceVersion } = await objects.list({ resource: key.resource });
    const events = objects.watch({ resource: key.resource, fromResourceVersion: resourceVersion }, stop.signal);
    state = "Ready";
    await objects.touch(key.resource, () => [key]);
    await objects.touch(key.resource, () => [key]);
    await objects.update(
      key,
      { ...aConfigMap("c", { k: "1" }), kind: "Cluster" },
      { resourceVersion: (await objects.get(key)).metadata.resourceVersion },
    );
    expect(await take(events, 2)).toEqual(["updated c", "updated c"]);
    stop.abort();
    expect((await objects.get(key))["status"]).toEqual({ state: "Ready" });
  });

  it("keeps Secrets unreadable without the key", async () => {
    const objects = await openObjects();
    await objects.create(keyOf("s", "/secrets"), { ...aConfigMap("s", { password: "hunter2" }), kind: "Secret" });
    const rows = await db.all("SELECT body FROM objects WHERE resource = '/secrets'");
    expect(JSON.stringify(rows)).not.toContain("hunter2");
    const stranger = await openObjectTable(db, createSealer(createSealerKey()));
    await expect(stranger.get(keyOf("s", "/secrets"))).rejects.toMatchObject({ code: "STORE_KEY_WRONG" });
  });

  it("remembers why a bundle is gone until it is back", async () => {
    const objects = await openObjects();
    const key = keyOf("app", "fleet.cattle.io/bundles");
    await objects.create(key, { ...aConfigMap("app"), kind: "Bundle" });
    await objects.write(async (writer) => writer.remove(key, { because: "commit 1234" }));
    expect(await readRemovedBundles(db)).toEqual(new Map([["team/app", "commit 1234"]]));
    await objects.create(key, { ...aConfigMap("app"), kind: "Bundle" });
    expect(await readRemovedBundles(db)).toEqual(new Map());
  });

  it("opens nothing for an expired or revoked word", async () => {
    const credentials = createCredentialTable(db);
    const owner = { kind: "agent", namespace: "team", name: "c" } as const;
    const word = await db.transaction(async (sql) =>
      credentials.issue(sql, { ...owner, expiresMs: 1000, labels: {}, groups: [] }),
    );
    expect(await credentials.find(word, 999)).toMatchObject(owner);
    expect(await credentials.find(word, 1000)).toBeUndefined();
    await db.transaction(async (sql) => credentials.revoke(sql, owner));
    expect(await credentials.find(word, 0)).toBeUndefined();
    expect(JSON.stringify(await db.all("SELECT * FROM credentials"))).not.toContain(word);
  });

  it("makes grouped writes durable, and fails those of a failed transaction", async () => {
    const commits = createGroupCommit(db);
    const reports = createReportTable(db);
    const state = { reportDigest: "d", exceptions: [], agent: { version: "1" }, seenMs: 5 };
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) =>
        commits.submit(async (sql) => reports.saveState(sql, { namespace: "team", name: `c${index}` }, state)),
      ),
    );
    expect(await reports.readStates()).toHaveLength(50);
    await expect(commits.submit(async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await commits.submit(async (sql) => reports.saveReport(sql, "d", [{ bundle: "team/app", state: "Ready" }]));
    expect((await reports.readReports()).get("d")).toEqual([{ bundle: "team/app", state: "Ready" }]);
  });
});
