import { describe, expect, it } from "vitest";
import { createRbacAuthorizer } from "../../../../apiserver/access/rbac.ts";
import type { AccessAttributes } from "../../../../apiserver/access/request-attributes.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";
import type { ObjectMeta } from "../../../../apiserver/resources/api-object.ts";
import { createMemoryStore, type MemoryStore } from "../../../../apiserver/storage/memory-store.ts";

const group = "rbac.authorization.k8s.io";

interface NewObject extends JsonObject {
  readonly metadata: ObjectMeta;
}

async function put(store: MemoryStore, plural: string, object: NewObject): Promise<void> {
  const { namespace = "", name = "" } = object.metadata;
  await store.create(
    { resource: `${group}/${plural}`, namespace, name },
    { apiVersion: `${group}/v1`, kind: plural, ...object, metadata: object.metadata },
  );
}

function bound(kind: "ClusterRole" | "Role", role: string, subject: Readonly<Record<string, string>>) {
  return { roleRef: { apiGroup: group, kind, name: role }, subjects: [subject] };
}

function asks(changes: Partial<AccessAttributes & { type: "resource" }> = {}): AccessAttributes {
  const user = { name: "jane", groups: ["devs", "system:authenticated"] };
  return {
    type: "resource",
    user,
    verb: "get",
    group: "",
    version: "v1",
    resource: "pods",
    subresource: "",
    namespace: "shop",
    name: "web",
    ...changes,
  };
}

const readPods = { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }] };

describe("RBAC authorizer", () => {
  it("allows nothing without a binding", async () => {
    const rbac = createRbacAuthorizer({ store: createMemoryStore() }, new AbortController().signal);
    expect(await rbac.authorize(asks())).toEqual({ allowed: false });
  });

  it("allows everything to system:masters", async () => {
    const rbac = createRbacAuthorizer({ store: createMemoryStore() }, new AbortController().signal);
    const user = { name: "root", groups: ["system:masters"] };
    expect(await rbac.authorize(asks({ user }))).toEqual({ allowed: true });
  });

  it("holds a Role to its namespace, its verbs and its resources", async () => {
    const store = createMemoryStore();
    await put(store, "roles", { metadata: { name: "reader", namespace: "shop" }, ...readPods });
    await put(store, "rolebindings", {
      metadata: { name: "b", namespace: "shop" },
      ...bound("Role", "reader", { kind: "User", name: "jane" }),
    });
    const rbac = createRbacAuthorizer({ store }, new AbortController().signal);
    const wanted = [
      asks(),
      asks({ namespace: "other" }),
      asks({ verb: "delete" }),
      asks({ resource: "secrets" }),
      asks({ subresource: "log" }),
      asks({ group: "apps" }),
    ];
    const decisions = await Promise.all(wanted.map(async (attributes) => rbac.authorize(attributes)));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false, false, false, false, false]);
  });

  it("sees a change of roles at once", async () => {
    const store = createMemoryStore();
    const rbac = createRbacAuthorizer({ store }, new AbortController().signal);
    expect((await rbac.authorize(asks())).allowed).toBe(false);
    await put(store, "clusterroles", { metadata: { name: "reader" }, ...readPods });
    await put(store, "clusterrolebindings", {
      metadata: { name: "b" },
      ...bound("ClusterRole", "reader", { kind: "Group", name: "devs" }),
    });
    await expect.poll(async () => (await rbac.authorize(asks({ namespace: "anywhere" }))).allowed).toBe(true);
  });

  it("knows service accounts, single names, subresources and aggregated roles", async () => {
    const store = createMemoryStore();
    const labels = { aggregate: "yes" };
    const rules = [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["mine"], verbs: ["*"] },
      { apiGroups: ["*"], resources: ["*/scale"], verbs: ["update"] },
      { nonResourceURLs: ["/metrics/*"], verbs: ["get"] },
    ];
    await put(store, "clusterroles", { metadata: { name: "part", labels }, rules });
    await put(store, "clusterroles", {
      metadata: { name: "whole" },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] },
      rules: [],
    });
    await put(store, "clusterrolebindings", {
      metadata: { name: "b" },
      ...bound("ClusterRole", "whole", { kind: "ServiceAccount", namespace: "shop", name: "bot" }),
    });
    const rbac = createRbacAuthorizer({ store }, new AbortController().signal);
    const user = { name: "system:serviceaccount:shop:bot", groups: [] };
    const wanted: AccessAttributes[] = [
      asks({ user, resource: "configmaps", name: "mine" }),
      asks({ user, resource: "configmaps", name: "other" }),
      asks({ user, group: "apps", resource: "deployments", subresource: "scale", verb: "update" }),
      { type: "path", user, verb: "get", path: "/metrics/cadvisor" },
      { type: "path", user, verb: "get", path: "/logs" },
    ];
    const decisions = await Promise.all(wanted.map(async (attributes) => rbac.authorize(attributes)));
    expect(decisions.map(({ allowed }) => allowed)).toEqual([true, false, true, true, false]);
  });
});
