import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { clusterNamespace } from "../../shared/names.ts";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import { deploymentState, type ReportedState } from "../../shared/status/roll-up-status.ts";
import { deploymentMessage } from "../../shared/status/status-message.ts";
import { deploymentsOf } from "../desired/desired-document.ts";
import type { ClusterReport } from "../desired/fleet-status.ts";
import type { Workspace } from "../desired/hub.ts";

/** What decides about the BundleDeployments of one cluster: references to what is never changed in place, so it costs little. */
export interface ClusterSnapshot {
  readonly workspace: string;
  readonly cluster: string;
  readonly deployments: readonly DesiredDeployment[];
  readonly states: ReadonlyMap<string, ReportedState>;
  readonly report: ClusterReport | undefined;
}

/** Returns the cluster as it is now; undefined when it is not registered. */
export function snapshotOf({ namespace, status }: Workspace, cluster: string): ClusterSnapshot | undefined {
  const { partition } = status;
  const clusterClass = partition.classOf(cluster);
  if (clusterClass === undefined) return undefined;
  return {
    workspace: namespace,
    cluster,
    deployments: deploymentsOf(clusterClass, partition.bundles),
    states: status.reportedStates(cluster),
    report: status.reportOf(cluster),
  };
}

/** Returns the BundleDeployments of a cluster in the order of their names; only that of `bundle` (`<workspace>/<name>`) when given. */
export function deploymentsIn(snapshot: ClusterSnapshot, bundle?: string): ApiObject[] {
  const { deployments } = snapshot;
  const wanted = bundle === undefined ? deployments : deployments.filter((deployment) => deployment.bundle === bundle);
  return wanted.map((deployment) => bundleDeployment(snapshot, deployment));
}

/** Whether a bundle's deployment looks the same in two snapshots of one cluster. */
export function sameDeployment(left: ClusterSnapshot, right: ClusterSnapshot, bundle: string): boolean {
  if (left.deployments === right.deployments && left.states === right.states && left.report === right.report)
    return true;
  const look = (snapshot: ClusterSnapshot): string => stableHash(deploymentsIn(snapshot, bundle));
  return look(left) === look(right);
}

function bundleDeployment(snapshot: ClusterSnapshot, wanted: DesiredDeployment): ApiObject {
  const { workspace, cluster, report } = snapshot;
  const reported = snapshot.states.get(wanted.bundle);
  const state = deploymentState(wanted, reported, report?.online ?? true);
  const detail = report?.exceptions.get(wanted.bundle);
  const name = wanted.bundle.slice(wanted.bundle.indexOf("/") + 1);
  const deployed = reported?.id === wanted.deploymentId;
  return {
    apiVersion: fleetApiVersion,
    kind: "BundleDeployment",
    metadata: {
      namespace: clusterNamespace(workspace, cluster),
      name,
      uid: uidOf([workspace, cluster, name]),
      labels: {
        "fleet.cattle.io/bundle-name": name,
        "fleet.cattle.io/bundle-namespace": workspace,
        "fleet.cattle.io/cluster": cluster,
        "fleet.cattle.io/cluster-namespace": workspace,
      },
    },
    spec: {
      stagedDeploymentID: wanted.deploymentId,
      ...(wanted.paused === true ? { paused: true } : { deploymentID: wanted.deploymentId }),
      contentId: wanted.content,
      optionsId: wanted.options,
    },
    status: {
      ...(reported?.id === undefined ? {} : { appliedDeploymentID: reported.id }),
      ready: state === "Ready",
      nonModified: state !== "Modified",
      display: {
        deployed: deployed ? "True" : "False",
        monitored: reported?.id === undefined ? "False" : "True",
        state,
      },
      conditions: [readyCondition(state, detail), { type: "Deployed", status: deployed ? "True" : "False" }],
      ...(detail === undefined ? {} : { detail: plain(detail) }),
    },
  };
}

function readyCondition(state: string, detail: DeploymentStatus | undefined): JsonObject {
  const message = detail === undefined ? undefined : deploymentMessage(detail);
  return {
    type: "Ready",
    status: state === "Ready" ? "True" : state === "Unknown" ? "Unknown" : "False",
    ...(message === undefined ? {} : { message }),
  };
}

/** Returns a UUID that is the same for the same deployment, always. */
function uidOf(parts: readonly string[]): string {
  const hex = stableHash([...parts]);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** Returns a parsed status as JSON: absent fields are left out. */
function plain(value: DeploymentStatus): JsonObject {
  return JSON.parse(JSON.stringify(value)) as Record<string, JsonValue>;
}
