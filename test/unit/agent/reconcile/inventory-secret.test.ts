import crypto from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Inventory } from "../../../../agent/reconcile/inventory.ts";
import { inventorySecrets, readInventorySecrets } from "../../../../agent/reconcile/inventory-secret.ts";
import { AppError } from "../../../../shared/errors.ts";
import type { Hook } from "../../../../shared/render/hooks/hook.ts";

function anInventory(count: number, fields: Partial<Inventory> = {}): Inventory {
  const entries = Array.from({ length: count }, (_unused, index) => ({
    group: "apps",
    kind: "Deployment",
    namespace: "apps",
    name: `web-${index}-${(index * 2_654_435_761) % 4_294_967_296}`,
    uid: crypto.randomUUID(),
  }));
  return {
    bundle: "team/app",
    deploymentId: "d1",
    renderDigest: "r1",
    epoch: "e",
    revision: 3,
    entries,
    keepResources: false,
    deleteDefinitions: false,
    ...fields,
  };
}

function aHook(index: number): Hook {
  return {
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: `hook-${index}`, namespace: "apps" },
      data: { key: crypto.createHash("sha256").update(String(index)).digest("hex") },
      spec: { big: 9_007_199_254_740_993n },
    },
    events: ["pre-delete"],
    weight: index,
    deletePolicies: ["before-hook-creation"],
  };
}

function numberOf({ weight }: Hook): number {
  return weight;
}

const writing = { fields: {}, generation: 1, namespace: "drover-system", maxPartBytes: 500_000 };

describe("inventory Secrets", () => {
  test("hold an inventory and the fields that are ours", () => {
    const inventory = anInventory(3);
    const key = `apps/Deployment/apps/${inventory.entries[0]?.name}`;
    const fields = { [key]: { "f:spec": {} } };
    const read = readInventorySecrets(inventorySecrets({ ...writing, inventory, fields }));
    expect(read.inventory).toMatchObject({ ...inventory });
    expect(read.fields()).toEqual(fields);
  });

  test("are split so that each stays within the size, and read as one", () => {
    const inventory = anInventory(400);
    const secrets = inventorySecrets({ ...writing, inventory, maxPartBytes: 5000 });
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(JSON.stringify(secret["data"]).length).toBeLessThan(5200);
    expect(new Set(secrets.map(({ metadata }) => metadata.name)).size).toBe(secrets.length);
    expect(readInventorySecrets(secrets.toReversed()).inventory.entries).toHaveLength(400);
    expect(readInventorySecrets(secrets).inventory.deploymentId).toBe("d1");
  });

  test("of a writing that was cut off own what either names, and count as not applied", () => {
    const before = inventorySecrets({ ...writing, inventory: anInventory(100), maxPartBytes: 2000 });
    const after = inventorySecrets({ ...writing, inventory: anInventory(100), generation: 2, maxPartBytes: 2000 });
    const [first] = after;
    if (first === undefined) throw new Error("there is a first part");
    const torn = readInventorySecrets([first, ...before.slice(1)]);
    expect(torn.inventory.deploymentId).toBeUndefined();
    expect(torn.inventory.entries.length).toBeGreaterThanOrEqual(100);
  });

  test("keep hooks for the removal, split among the parts as well, and numbers in them exactly", () => {
    const deleteHooks = Array.from({ length: 40 }, (_unused, index) => aHook(index));
    const inventory = anInventory(3, { deleteHooks });
    const secrets = inventorySecrets({ ...writing, inventory, maxPartBytes: 1000 });
    expect(secrets.length).toBeGreaterThan(3);
    const read = readInventorySecrets(secrets.toReversed()).inventory;
    expect(read.deleteHooks?.toSorted((a, b) => numberOf(a) - numberOf(b))).toEqual(deleteHooks);
    expect(read.entries).toHaveLength(3);
  });

  test("of a writing that was cut off keep the hooks of either, and run none of the finished ones again", () => {
    const release = { deploymentId: "d2", revision: 2, isUpgrade: true };
    const old = anInventory(100, { deleteHooks: [aHook(1)] });
    const finished = anInventory(100, { deleteHooks: [aHook(2)], deploymentId: "d2", renderDigest: "r2", release });
    const before = inventorySecrets({ ...writing, inventory: old, maxPartBytes: 2000 });
    const [first] = inventorySecrets({ ...writing, inventory: finished, generation: 2, maxPartBytes: 2000 });
    if (first === undefined) throw new Error("there is a first part");
    const torn = readInventorySecrets([first, ...before.slice(1)]).inventory;
    expect(torn).toMatchObject({ deploymentId: undefined, release });
    expect(torn.run).toMatchObject({ deploymentId: "d2", renderDigest: "r2", stage: "again" });
    expect(torn.deleteHooks).toContainEqual(aHook(2));
  });

  test("of before releases were counted hold the first", () => {
    const [secret] = inventorySecrets({ ...writing, inventory: anInventory(1) });
    if (secret === undefined) throw new Error("there is a Secret");
    const { release, run } = readInventorySecrets([secret]).inventory;
    expect(release).toEqual({ deploymentId: "d1", revision: 1, isUpgrade: false });
    expect(run).toBeUndefined();
  });

  test("tell that a person skips hooks", () => {
    const [secret] = inventorySecrets({ ...writing, inventory: anInventory(1) });
    if (secret === undefined) throw new Error("there is a Secret");
    expect(readInventorySecrets([secret]).inventory.skipHooks).toBe(false);
    const annotations = { ...secret.metadata.annotations, "drover.dev/skip-hooks": "true" };
    const asked = { ...secret, metadata: { ...secret.metadata, annotations } };
    expect(readInventorySecrets([asked]).inventory.skipHooks).toBe(true);
  });

  test("keep what failed, what is gone back to, what is new since, and that a person wants another try", () => {
    const ref = { deploymentId: "d1", renderDigest: "r1", digest: "abc", parts: 2 };
    const failed = {
      deploymentId: "d2",
      renderDigest: "r2",
      code: "HOOK_FAILED",
      message: "no",
      at: "2026-01-01T00:00:00Z",
    };
    const { entries, ...rest } = anInventory(2);
    const [first, second] = entries;
    if (first === undefined || second === undefined) throw new Error("there are two entries");
    const fresh = [
      { ...first, fresh: "made" },
      { ...second, fresh: "found" },
    ] as const;
    const noted = { verified: ref, failed: { ...failed, back: { ref, commit: "c0ffee" } }, deleteNamespace: "apps" };
    const inventory = { ...rest, entries: fresh, ...noted, retry: true };
    const secrets = inventorySecrets({ ...writing, inventory });
    expect(readInventorySecrets(secrets).inventory).toMatchObject(inventory);
    expect(secrets[0]?.metadata.annotations).toMatchObject({ "drover.dev/retry": "true" });
  });

  test("are the parent of an ApplySet with a valid ID", () => {
    const [secret] = inventorySecrets({ ...writing, inventory: anInventory(1) });
    expect(secret?.metadata.labels?.["applyset.kubernetes.io/id"]).toMatch(/^applyset-[A-Za-z0-9_-]{43}-v1$/u);
    expect(secret?.metadata.annotations).toMatchObject({
      "applyset.kubernetes.io/tooling": expect.stringMatching(/^drover\//u),
    });
  });

  test("that are damaged are an error, never an empty inventory", () => {
    const [secret] = inventorySecrets({ ...writing, inventory: anInventory(1) });
    if (secret === undefined) throw new Error("there is a Secret");
    for (const data of [{}, { inventory: "" }, { inventory: "AAAA" }, undefined]) {
      expect(() => readInventorySecrets([{ ...secret, data }])).toThrow(AppError);
    }
  });
});
