import * as z from "zod";
import type { KubeAnswer } from "../../../kube/kube-request.ts";
import type { AgentRig } from "../agent-rig.ts";
import type { AuditedCluster } from "./deletions.ts";
import type { DeploymentOptions } from "../../../../shared/api/deployment-options.ts";
import { isImmutable, type Bundle, type Edit, type Options } from "./scenario.ts";

const mergePatch = "application/merge-patch+json";
const partOf = "applyset.kubernetes.io/part-of";

const roleRule = (value: string) => ({
  apiGroups: [""],
  resources: ["configmaps"],
  resourceNames: [value],
  verbs: ["get"],
});

const kindOfRole = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" };
const kindOfMap = { apiVersion: "v1", kind: "ConfigMap" };

/** Returns the files of a bundle: each object, and its hook. */
export function filesOf(name: string, { objects, options }: Bundle): Record<string, string> {
  const files = Object.entries(objects).map(([key, value]) => [`${key}.yaml`, JSON.stringify(objectOf(key, value))]);
  if (options.hook === true) {
    const annotations = { "helm.sh/hook": "post-install,post-upgrade", "helm.sh/hook-delete-policy": "hook-succeeded" };
    const hook = { ...kindOfMap, metadata: { name: `hook-${name}`, annotations } };
    files.push(["hook.yaml", JSON.stringify(hook)]);
  }
  return Object.fromEntries(files);
}

function objectOf(name: string, value: string): object {
  const metadata = { name };
  if (isRole(name)) return { ...kindOfRole, metadata, rules: [roleRule(value)] };
  return { ...kindOfMap, metadata, data: { key: value }, ...(isImmutable(name) ? { immutable: true } : {}) };
}

/** Returns what the agent is told of a bundle besides its files. */
export function optionsOf(name: string, options: Options, namespace: string): DeploymentOptions {
  const { keepResources = false, leavesDrift = false, forcesDrift = false } = options;
  const { takeOwnership = false, force = false, atomic = false } = options;
  const isReady = "!data.key.startsWith('sick')";
  return {
    ...(options.forcesNamespace === true ? { namespace } : { defaultNamespace: namespace }),
    keepResources,
    correctDrift: { enabled: !leavesDrift, force: forcesDrift },
    helm: { takeOwnership, force, atomic },
    ...(options.rule === true ? { healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: isReady }] } : {}),
    ...(options.label === undefined ? {} : { namespaceLabels: { [labelOf(name)]: options.label } }),
  };
}

/** Returns the label that a bundle puts on the namespace, where it does. */
export function labelOf(bundle: string): string {
  return `scenario/${bundle}`;
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
    cluster.request(collectionOf(namespace, "a")),
    cluster.request(collectionOf(namespace, "ra")),
  ]);
  const found = new Map<string, string | undefined>();
  for (const item of maps.parse(mapList.json).items) found.set(item.metadata.name, item.data?.["key"]);
  for (const item of roles.parse(roleList.json).items)
    found.set(item.metadata.name, item.rules?.[0]?.resourceNames?.[0]);
  found.delete("kube-root-ca.crt");
  found.delete("owner");
  return found;
}

/** Returns the labels of a namespace. */
export async function readLabels(
  cluster: AuditedCluster,
  namespace: string,
): Promise<Readonly<Record<string, string>>> {
  const { json } = await cluster.request(`/api/v1/namespaces/${namespace}`);
  return z.looseObject({ metadata }).parse(json).metadata.labels ?? {};
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
      return;
    case "make":
      expectDone(
        await rig.cluster.request(collectionOf(rig.namespace, name), {
          method: "POST",
          body: objectOf(name, "foreign"),
        }),
      );
  }
}

/** Makes an object of somebody else with the labels of one of ours, as Services do with their Endpoints. */
async function copyLabels(rig: AgentRig, name: string): Promise<void> {
  const live = await rig.cluster.request(pathOf(rig.namespace, name));
  const labels = z.looseObject({ metadata }).safeParse(live.json).data?.metadata.labels ?? {};
  const copy = `copy-${name}`;
  const body = { metadata: { name: copy, labels } };
  const answer = await rig.cluster.request(collectionOf(rig.namespace, "a"), { method: "POST", body });
  if (answer.status !== 409) expectDone(answer);
}

async function ownerUid(rig: AgentRig): Promise<string> {
  const path = pathOf(rig.namespace, "owner");
  await rig.cluster.request(collectionOf(rig.namespace, "owner"), {
    method: "POST",
    body: { metadata: { name: "owner" } },
  });
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
  return `${collectionOf(namespace, name)}/${name}`;
}

function collectionOf(namespace: string, name: string): string {
  const group = isRole(name) ? "/apis/rbac.authorization.k8s.io/v1" : "/api/v1";
  return `${group}/namespaces/${namespace}/${isRole(name) ? "roles" : "configmaps"}`;
}
