import * as z from "zod";
import type { KubeAnswer } from "../../../kube/kube-request.ts";
import type { AgentRig } from "../agent-rig.ts";
import type { AuditedCluster } from "./deletions.ts";
import type { Edit } from "./plan-scenario.ts";

const mergePatch = "application/merge-patch+json";
const partOf = "applyset.kubernetes.io/part-of";

const roleRule = (value: string) => ({
  apiGroups: [""],
  resources: ["configmaps"],
  resourceNames: [value],
  verbs: ["get"],
});

/** Returns an object as a file of a bundle: a Role where the name begins with `r`, else a ConfigMap. */
export function fileOf(name: string, value: string): string {
  return JSON.stringify(
    isRole(name)
      ? { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name }, rules: [roleRule(value)] }
      : { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { key: value } },
  );
}

const metadata = z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });
const maps = z.object({
  items: z.array(z.looseObject({ metadata, data: z.record(z.string(), z.string()).optional() })),
});
const roles = z.object({
  items: z.array(
    z.looseObject({
      metadata,
      rules: z.array(z.looseObject({ resourceNames: z.array(z.string()).optional() })).nullable(),
    }),
  ),
});

/** Returns name → value of what is in a namespace, besides what every namespace has and the owner of adopted objects. */
export async function readObjects(
  cluster: AuditedCluster,
  namespace: string,
): Promise<Map<string, string | undefined>> {
  const [mapList, roleList] = await Promise.all([
    cluster.request(pathOf(namespace, "a").replace(/\/a$/u, "")),
    cluster.request(pathOf(namespace, "ra").replace(/\/ra$/u, "")),
  ]);
  const found = new Map<string, string | undefined>();
  for (const item of maps.parse(mapList.json).items) found.set(item.metadata.name, item.data?.["key"]);
  for (const item of roles.parse(roleList.json).items)
    found.set(item.metadata.name, item.rules?.[0]?.resourceNames?.[0]);
  found.delete("kube-root-ca.crt");
  found.delete("owner");
  return found;
}

/** Does to an object what others do; to one that is not there it does nothing. */
export async function editObject(rig: AgentRig, action: Edit, name: string): Promise<void> {
  const path = pathOf(rig.namespace, name);
  const patch = (body: unknown) => rig.cluster.request(path, { method: "PATCH", contentType: mergePatch, body });
  switch (action) {
    case "change":
      expectDone(await patch(isRole(name) ? { rules: [roleRule("foreign")] } : { data: { key: "foreign" } }));
      return;
    case "delete":
      expectDone(await rig.cluster.request(path, { method: "DELETE" }));
      return;
    case "unlabel":
      expectDone(await patch({ metadata: { labels: { [partOf]: null } } }));
      return;
    case "adopt": {
      const uid = await ownerUid(rig);
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid, controller: true };
      expectDone(await patch({ metadata: { ownerReferences: [owner] } }));
      return;
    }
    case "copy":
      await copyLabels(rig, name);
  }
}

/** Makes an object of somebody else with the labels of one of ours, as Services do with their Endpoints. */
async function copyLabels(rig: AgentRig, name: string): Promise<void> {
  const live = await rig.cluster.request(pathOf(rig.namespace, name));
  const labels = z.looseObject({ metadata }).safeParse(live.json).data?.metadata.labels ?? {};
  const copy = `copy-${name}`;
  const body = { metadata: { name: copy, labels } };
  const path = pathOf(rig.namespace, "a").replace(/\/a$/u, "");
  const answer = await rig.cluster.request(path, { method: "POST", body });
  if (answer.status !== 409) expectDone(answer);
}

async function ownerUid(rig: AgentRig): Promise<string> {
  const path = pathOf(rig.namespace, "owner");
  const collection = path.replace(/\/owner$/u, "");
  await rig.cluster.request(collection, { method: "POST", body: { metadata: { name: "owner" } } });
  const live = await rig.cluster.request(path);
  return z.looseObject({ metadata: z.looseObject({ uid: z.string() }) }).parse(live.json).metadata.uid;
}

function expectDone({ status, text }: KubeAnswer): void {
  if (status !== 404 && status >= 300) throw new Error(`an edit was answered ${status}: ${text}`);
}

function isRole(name: string): boolean {
  return name.startsWith("r");
}

function pathOf(namespace: string, name: string): string {
  const group = isRole(name) ? "/apis/rbac.authorization.k8s.io/v1" : "/api/v1";
  return `${group}/namespaces/${namespace}/${isRole(name) ? "roles" : "configmaps"}/${name}`;
}
