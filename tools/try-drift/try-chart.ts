import { setTimeout as delay } from "node:timers/promises";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";
import type { KubeCluster } from "../../test/kube/cluster.ts";
import type { ScriptedHub } from "../../test/integration/agent/scripted-hub.ts";

/** What became of one chart on a real API server. */
export interface ChartTrial {
  readonly chart: string;
  /** `settled`: applied whole, and looked at until nothing changed; `refused`: the API server or the chart refused it. */
  readonly outcome: "settled" | "refused";
  readonly objects: number;
  /** State at the end. */
  readonly state: DeploymentStatus["state"] | "none";
  /** Drift that was ever reported, a line each: that of objects that were never touched by a person. */
  readonly drift: readonly string[];
  /** The agent's words for what was refused. */
  readonly error: string;
}

/** What a trial works with. */
export interface TrialRig {
  readonly cluster: KubeCluster;
  readonly hub: ScriptedHub;
  /** Compares every object of every deployment anew. */
  readonly restartAgent: () => Promise<void>;
}

/** A chart to try. */
export interface ChartUnderTrial {
  readonly chart: string;
  readonly namespace: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

const applyMs = 60_000;
const quietMs = 4000;

/** Applies a chart as a bundle of its own, waits until controllers have settled and everything was compared anew, and removes it. */
export async function tryChart(rig: TrialRig, { chart, namespace, files }: ChartUnderTrial): Promise<ChartTrial> {
  const { hub } = rig;
  const bundle = `team/${namespace}`;
  const from = hub.checkIns.length;
  const statuses = (): DeploymentStatus[] =>
    hub.checkIns.slice(from).flatMap((checkIn) => checkIn.statuses.filter((status) => status.bundle === bundle));
  const options = { defaultNamespace: namespace, helm: { releaseName: "trial" } };
  hub.publish({ bundles: [{ bundle, files, options }] });
  const applied = await waitFor(applyMs, () => {
    const last = hub.statuses.get(bundle);
    return last?.appliedDeploymentId !== undefined || last?.error !== undefined;
  });
  await quiet(() => statuses().length);
  const settled = applied && hub.statuses.get(bundle)?.appliedDeploymentId !== undefined;
  if (settled) {
    await rig.restartAgent();
    await waitFor(applyMs, () => hub.checkIns.slice(from).some(({ full }) => full));
    await quiet(() => statuses().length);
  }
  const last = hub.statuses.get(bundle);
  const drift = statuses().flatMap((status) => (status.state === "Modified" ? (status.drift ?? []) : []));
  const trial: ChartTrial = {
    chart,
    outcome: settled ? "settled" : "refused",
    objects: last?.objectCount ?? 0,
    state: last?.state ?? "none",
    drift: [...new Set(drift.map(driftLine))],
    error: last?.error?.message ?? "",
  };
  await remove(rig, bundle, namespace);
  return trial;
}

function driftLine({ kind, name, type, fields }: NonNullable<DeploymentStatus["drift"]>[number]): string {
  const changed = fields.map(({ path, manager, desired, live }) => {
    const values = `${JSON.stringify(desired)} → ${JSON.stringify(live)}`.slice(0, 200);
    return `${path} by ${manager ?? "nobody"}: ${values}`;
  });
  return `${kind}/${name} ${type} ${changed.join("; ")}`;
}

/** The bundle goes, and with its namespace what the firewall keeps in it; definitions of kinds stay. */
async function remove({ cluster, hub }: TrialRig, bundle: string, namespace: string): Promise<void> {
  hub.publish({ bundles: [], remove: [{ bundle, reason: "bundle-deleted", because: "trial" }] });
  for (const kind of ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"]) {
    await cluster.request(`/apis/admissionregistration.k8s.io/v1/${kind}`, { method: "DELETE" });
  }
  await cluster.request(`/api/v1/namespaces/${namespace}`, { method: "DELETE" });
  await waitFor(applyMs, () => hub.gone.has(bundle));
}

/** Waits until a number has not changed for some seconds. */
async function quiet(count: () => number): Promise<void> {
  let seen = count();
  let sinceMs = performance.now();
  await waitFor(applyMs, () => {
    const now = count();
    if (now !== seen) sinceMs = performance.now();
    seen = now;
    return performance.now() - sinceMs > quietMs;
  });
}

/** Returns whether a condition came true in time. */
async function waitFor(limitMs: number, holds: () => boolean): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > endMs) return false;
    await delay(50);
  }
  return true;
}
