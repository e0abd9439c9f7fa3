import { expect, test } from "vitest";
import { createKubeClient, createKubeHttp } from "../../../agent/kube/kube-client.ts";
import { emptyInventory } from "../../../agent/reconcile/inventory.ts";
import { createInventoryStore, type InventoryStore } from "../../../agent/reconcile/inventory-store.ts";
import { connectionTo } from "./agent-rig.ts";
import { startSimulatedAudit, type AuditedCluster } from "./scenarios/deletions.ts";

const x = { group: "", kind: "ConfigMap", namespace: "apps", name: "x" };
const key = "/ConfigMap/apps/x";

async function withStore(check: (store: InventoryStore, cluster: AuditedCluster) => Promise<void>): Promise<void> {
  await using cluster = await startSimulatedAudit();
  await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: "drover" } } });
  const connection = connectionTo(cluster);
  using http = createKubeHttp(connection, 4);
  const client = createKubeClient({ connection, http, signal: new AbortController().signal });
  await check(createInventoryStore({ client, namespace: "drover", maxPartBytes: 500_000 }), cluster);
}

test("an object belongs to whoever holds it, and then to whoever waits for it", async () => {
  await withStore(async (store) => {
    const waits = { entries: [{ ...x, uid: "u", claimed: true as const }] };
    await store.save({ ...emptyInventory("team/b"), ...waits });
    await store.save({ ...emptyInventory("team/a"), ...waits });
    expect(store.owner(key)).toBe("team/a");
    await store.save({ ...emptyInventory("team/c"), entries: [{ ...x, uid: "u" }] });
    expect([store.owner(key), store.holders(key)]).toEqual(["team/c", ["team/c", "team/a", "team/b"]]);
    await store.drop("team/c");
    await store.load();
    expect([store.owner(key), store.get("team/a").entries]).toEqual(["team/a", waits.entries]);
  });
});

test("a writing made from what another one has replaced meanwhile is refused, and what is there counts", async () => {
  await withStore(async (store) => {
    await store.save(emptyInventory("team/a"));
    const before = store.get("team/a");
    const first = store.save({ ...before, entries: [x] });
    const second = store.save({ ...before, revision: 7 });
    await first;
    await expect(second).rejects.toMatchObject({ code: "KUBE_CONFLICT" });
    expect(store.get("team/a")).toMatchObject({ revision: 0, entries: [x] });
  });
});
