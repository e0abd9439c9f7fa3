import type { KubeObject } from "../../shared/api/meta.ts";
import { adoptManagedFields } from "../../shared/drift/adopt-managed-fields.ts";
import { AppError } from "../../shared/errors.ts";
import { objectPath, type ObjectTarget } from "../kube/api-resource.ts";
import { fieldManager, type KubeClient } from "../kube/kube-client.ts";

/** Which objects of others a deployment may make its own. */
export interface AdoptionGround {
  /** The Helm release that this deployment was, under Fleet or by hand. */
  readonly release: { readonly name: string; readonly namespace: string };
  /** `helm.takeOwnership`: objects of anybody. */
  readonly takeOwnership: boolean;
}

/** Field managers of programs that bring a whole manifest: Helm, Fleet's agent, kubectl. */
const oldManagers: ReadonlySet<string> = new Set(["helm", "fleetagent", "kubectl-client-side-apply"]);
const attempts = 5;
const fleetMark = "objectset.rio.cattle.io/";

/** Whether an object is of the release that this deployment was, or may be taken from anybody. */
export function isAdoptable({ metadata }: KubeObject, { release, takeOwnership }: AdoptionGround): boolean {
  const marks = metadata.annotations ?? {};
  const isOurs =
    marks["meta.helm.sh/release-name"] === release.name &&
    marks["meta.helm.sh/release-namespace"] === release.namespace;
  return (
    (isOurs || takeOwnership) &&
    (metadata.managedFields ?? []).some(
      (entry) => typeof entry["manager"] === "string" && oldManagers.has(entry["manager"]),
    )
  );
}

/**
 * Makes the fields that earlier managers brought to an object ours, so that the next apply removes what Git does not
 * mention, Helm's marks among it; nothing else of the object changes, so nothing restarts. Throws FLEET_STILL_RUNS while
 * an agent of Fleet would put them back.
 */
export async function adoptObject(client: KubeClient, target: ObjectTarget, live: KubeObject): Promise<void> {
  if (hasFleetMarks(live)) await requireFleetStopped(client, live);
  let current: KubeObject | undefined = live;
  for (let attempt = 1; current !== undefined; attempt += 1) {
    const patch = adoptManagedFields(current.metadata, { manager: fieldManager, from: oldManagers });
    if (patch === undefined) return;
    try {
      const path = objectPath(target);
      await client.raw({ method: "PATCH", path, body: patch, contentType: "application/json-patch+json" });
      return;
    } catch (error) {
      // Somebody wrote meanwhile: what is adopted must be what is there.
      if (!(error instanceof AppError) || error.code !== "KUBE_CONFLICT" || attempt === attempts) throw error;
      current = await client.get(target);
    }
  }
}

function hasFleetMarks({ metadata: { labels = {}, annotations = {} } }: KubeObject): boolean {
  return [...Object.keys(labels), ...Object.keys(annotations)].some((key) => key.startsWith(fleetMark));
}

async function requireFleetStopped(client: KubeClient, { kind, metadata }: KubeObject): Promise<void> {
  const running: string[] = [];
  // A StatefulSet in Fleet's earlier versions; the management cluster's own agent has a namespace of its own.
  for (const [kindOfAgent, plural, namespace] of [
    ["Deployment", "deployments", "cattle-fleet-system"],
    ["StatefulSet", "statefulsets", "cattle-fleet-system"],
    ["Deployment", "deployments", "cattle-fleet-local-system"],
    ["StatefulSet", "statefulsets", "cattle-fleet-local-system"],
  ] as const) {
    const resource = { group: "apps", version: "v1", kind: kindOfAgent, plural, namespaced: true };
    const agent = await client.get({ resource, namespace, name: "fleet-agent" });
    const spec = agent?.["spec"];
    const replicas = typeof spec === "object" && spec !== null && "replicas" in spec ? spec.replicas : 1;
    if (agent !== undefined && replicas !== 0) running.push(`${kindOfAgent} fleet-agent in ${namespace}`);
  }
  if (running.length === 0) return;
  throw new AppError(
    "FLEET_STILL_RUNS",
    `${kind} ${metadata.name ?? ""}: Fleet's agent keeps it and still runs here; scale ${running.join(" and ")} to 0`,
    { verdict: "waiting", afterMs: 15_000 },
  );
}
