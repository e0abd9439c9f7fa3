import { describe, expect, test } from "vitest";
import { entryKey, type InventoryEntry } from "../../../../shared/drift/inventory-entry.ts";
import { describeHeld, planRemovals, type RemovalQuestion } from "../../../../shared/drift/plan-removals.ts";

function anEntry(name: string, fields: Partial<InventoryEntry> = {}): InventoryEntry {
  return { group: "", kind: "ConfigMap", namespace: "apps", name, uid: `uid-${name}`, ...fields };
}

function entries(count: number): InventoryEntry[] {
  return Array.from({ length: count }, (_unused, index) => anEntry(`m${index}`));
}

function plan(bend: Partial<RemovalQuestion> & { readonly keep?: number }) {
  const inventory = bend.inventory ?? entries(3);
  // One that stays and is not in the inventory yet, so that the render is not empty.
  const other = entryKey(anEntry("other"));
  const desired = new Set([...inventory.slice(0, bend.keep ?? 0).map(entryKey), other]);
  return planRemovals({
    inventory,
    desired,
    said: false,
    deleteDefinitions: false,
    keepResources: false,
    wantedBy: () => undefined,
    limits: { share: 0.5, shareAbove: 20, count: 100 },
    ...bend,
  });
}

const claim = anEntry("data", { kind: "PersistentVolumeClaim" });
const namespace = anEntry("apps", { kind: "Namespace", namespace: "" });
const definition = anEntry("widgets.example.com", {
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  namespace: "",
});

describe("planRemovals", () => {
  test("removes what is owned and not desired, and nothing else", () => {
    expect(plan({ keep: 2 })).toMatchObject({ remove: [{ name: "m2" }], held: [], released: [] });
    expect(plan({ keep: 3 })).toMatchObject({ remove: [], held: [], released: [] });
  });

  test.each([
    { name: "20 of 30: not more than 20", count: 30, keep: 10, held: 0 },
    { name: "21 of 42: not more than half", count: 42, keep: 21, held: 0 },
    { name: "21 of 40: more than half and more than 20", count: 40, keep: 19, held: 21 },
    { name: "100 of 1000: not more than 100", count: 1000, keep: 900, held: 0 },
    { name: "101 of 1000: more than 100", count: 1000, keep: 899, held: 101 },
  ])("holds removals beyond the limits – $name", ({ count, keep, held }) => {
    const result = plan({ inventory: entries(count), keep });
    expect(result.held).toHaveLength(held);
    expect(result.remove).toHaveLength(held > 0 ? 0 : count - keep);
  });

  test("does not count limits when the hub said that the whole deployment goes", () => {
    expect(plan({ inventory: entries(500), said: true }).remove).toHaveLength(500);
  });

  const rbac = "rbac.authorization.k8s.io";
  test.each([
    { name: "its service account", entry: anEntry("any", { kind: "ServiceAccount", namespace: "own" }), held: true },
    { name: "a Role", entry: anEntry("any", { group: rbac, kind: "Role", namespace: "own" }), held: true },
    { name: "a binding", entry: anEntry("any", { group: rbac, kind: "RoleBinding", namespace: "own" }), held: true },
    { name: "a Secret", entry: anEntry("any", { kind: "Secret", namespace: "own" }), held: true },
    {
      name: "its Deployment",
      entry: anEntry("any", { group: "apps", kind: "Deployment", namespace: "own" }),
      held: true,
    },
    { name: "its Namespace", entry: anEntry("own", { kind: "Namespace", namespace: "" }), held: true },
    { name: "its role", entry: anEntry("own-agent", { group: rbac, kind: "ClusterRole", namespace: "" }), held: true },
    {
      name: "its wide binding",
      entry: anEntry("own-agent-wide", { group: rbac, kind: "ClusterRoleBinding", namespace: "" }),
      held: true,
    },
    { name: "a map beside it", entry: anEntry("any", { namespace: "own" }), held: false },
    { name: "a Secret elsewhere", entry: anEntry("any", { kind: "Secret" }), held: false },
    { name: "another role", entry: anEntry("any", { group: rbac, kind: "ClusterRole", namespace: "" }), held: false },
    {
      name: "another group's Role",
      entry: anEntry("any", { group: "x", kind: "Role", namespace: "own" }),
      held: false,
    },
  ])("holds what the agent lives from although its bundle goes – $name", ({ entry, held }) => {
    const result = plan({ inventory: [entry], said: true, agentNamespace: "own" });
    expect([result.held.length, result.remove.length]).toEqual(held ? [1, 0] : [0, 1]);
    const approved = plan({ inventory: [entry], said: true, agentNamespace: "own", approved: result.digest });
    expect(approved.remove).toHaveLength(1);
  });

  test("lets a deployment that is taken back lose all that it made, as far as the number allows", () => {
    const made = { inventory: entries(30), desired: new Set<string>(), goingBack: true };
    expect(plan(made).remove).toHaveLength(30);
    expect(plan({ ...made, goingBack: false }).held).toHaveLength(30);
    expect(plan({ ...made, inventory: entries(101) }).held).toHaveLength(101);
    expect(plan({ ...made, inventory: [claim, namespace, definition] })).toMatchObject({
      remove: [],
      held: [{ entry: claim }, { entry: namespace }],
      released: [{ entry: definition }],
    });
  });

  test("always holds namespaces and claims, said or not", () => {
    for (const said of [true, false]) {
      const result = plan({ inventory: [claim, namespace, anEntry("m")], said });
      expect(result.held.map(({ entry }) => entry.kind)).toEqual(["PersistentVolumeClaim", "Namespace"]);
      expect(result.remove.map(({ name }) => name)).toEqual(["m"]);
    }
  });

  test("keeps definitions, and holds them with deleteCRDResources", () => {
    expect(plan({ inventory: [definition] }).released).toHaveLength(1);
    expect(plan({ inventory: [definition], deleteDefinitions: true })).toMatchObject({
      remove: [],
      held: [{ entry: definition }],
    });
  });

  test("carries out exactly the plan that was approved", () => {
    const inventory = [claim, ...entries(30)];
    const held = plan({ inventory });
    expect(held.remove).toEqual([]);
    expect(describeHeld(held)[0]).toContain(held.digest);
    expect(plan({ inventory, approved: held.digest }).remove).toHaveLength(31);
    expect(plan({ inventory: inventory.slice(0, 30), approved: held.digest }).remove).toEqual([]);
    const other = inventory.map((entry) => ({ ...entry, uid: `${entry.uid}-new` }));
    expect(plan({ inventory: other, approved: held.digest }).remove).toEqual([]);
  });

  test("holds everything when nothing is rendered any more, unless the hub said that the deployment goes", () => {
    const desired = new Set<string>();
    expect(plan({ inventory: entries(1), desired })).toMatchObject({
      remove: [],
      held: [{ reason: expect.stringContaining("renders no objects any more") }],
    });
    expect(plan({ inventory: entries(1), desired, said: true }).remove).toHaveLength(1);
    expect(plan({ inventory: entries(1), desired, wantedBy: () => "team/other" })).toMatchObject({ held: [] });
  });

  test("goes on with what was approved when part of it is gone, and holds what joined it", () => {
    const granted = [claim, ...entries(30)].map((entry) => ({ ...entry, granted: true as const }));
    expect(plan({ inventory: granted.slice(1) })).toMatchObject({ held: [], remove: { length: 30 } });
    const joined = plan({ inventory: [...granted.slice(0, 3), anEntry("apps", { kind: "Namespace", namespace: "" })] });
    expect(joined.remove).toHaveLength(3);
    expect(joined.held).toMatchObject([{ entry: { kind: "Namespace" } }]);
  });

  test("releases what another bundle wants, and everything with keepResources", () => {
    const result = plan({ wantedBy: (key) => (key.endsWith("/m1") ? "team/other" : undefined) });
    expect(result.released).toMatchObject([{ entry: { name: "m1" }, reason: expect.stringContaining("team/other") }]);
    expect(result.released).toMatchObject([{ heir: "team/other" }]);
    expect(plan({ keepResources: true })).toMatchObject({ remove: [], released: [{}, {}, {}] });
  });
});
