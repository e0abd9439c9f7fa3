import type { BundleNamespaceMapping } from "../api/bundle-namespace-mapping.ts";
import type { Bundle } from "../api/bundle.ts";
import type { ClusterGroup } from "../api/cluster-group.ts";
import type { Cluster } from "../api/cluster.ts";
import type { CorrectDrift, DeploymentOptions } from "../api/deployment-options.ts";
import type { BundleRef } from "../api/bundle-spec.ts";
import { AppError } from "../errors.ts";
import { planRollout } from "../rollout/plan-rollout.ts";
import type { ClusterFacts } from "../protocol/desired-document.ts";
import { deploymentLabels } from "./deployment-labels.ts";
import { type Labels, compileSelector, selectorFault } from "./match-selector.ts";
import { type Outcome, type TargetCluster, type TargetGroup, compileTargets } from "./match-targets.ts";
import { mergeOptions } from "./merge-options.ts";

/** Everything that targeting looks at besides the bundle. */
export interface TargetWorld {
  readonly clusters: readonly Cluster[];
  readonly groups: readonly ClusterGroup[];
  readonly namespaces: readonly { readonly name: string; readonly labels: Labels }[];
  readonly mappings: readonly BundleNamespaceMapping[];
}

/** A bundle on one cluster, never deployed before. */
export interface PlannedDeployment {
  /** Of the BundleDeployment: the cluster's `status.namespace`, `cluster-<name>` for one that was never registered. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** False: only staged, since the bundle or the cluster is paused. */
  readonly promoted: boolean;
  readonly options: DeploymentOptions;
  readonly paused: boolean;
  readonly offSchedule: boolean;
  readonly dependsOn: readonly BundleRef[];
  readonly correctDrift: CorrectDrift | undefined;
}

/** What a bundle means for one cluster. */
export interface TargetEntry {
  readonly cluster: Cluster;
  /** Undefined: the bundle is not aimed at the cluster. */
  readonly outcome: Outcome | undefined;
  /** Undefined: nothing is deployed (not aimed, doNotDeploy, held back by the rollout, or `error`). */
  readonly deployment: PlannedDeployment | undefined;
  /** Why the options could not be made for this cluster. */
  readonly error?: AppError;
}

/** Returns the options for one cluster; it throws an `AppError` for what concerns this cluster only. */
export type Finish = (options: DeploymentOptions, facts: ClusterFacts) => DeploymentOptions;

/** Returns what `${ }` templates may use of a cluster. */
export function factsOf(cluster: Cluster): ClusterFacts {
  const { metadata, spec } = cluster;
  return {
    name: metadata.name ?? "",
    namespace: metadata.namespace ?? "",
    labels: { ...metadata.labels },
    annotations: { ...metadata.annotations },
    templateValues: { ...spec?.templateValues },
  };
}

/**
 * Returns the groups of a cluster: those of its namespace whose selector matches; one without selector, or with a faulty
 * one, matches none (Fleet: `ClusterGroupsForCluster`).
 */
export function groupsOf(cluster: Cluster, groups: readonly ClusterGroup[]): readonly TargetGroup[] {
  return groups.flatMap(({ metadata, spec }) => {
    const selector = spec?.selector;
    if (selector === undefined || metadata.namespace !== cluster.metadata.namespace) return [];
    return selectorFault(selector) === undefined && compileSelector(selector)(cluster.metadata.labels ?? {})
      ? [{ name: metadata.name ?? "", labels: metadata.labels ?? {} }]
      : [];
  });
}

/** Returns the workspaces whose clusters a bundle may be aimed at: its own, and those that mappings add. */
export function namespacesOf(bundle: Bundle, world: TargetWorld): ReadonlySet<string> {
  const own = bundle.metadata.namespace ?? "";
  const names = new Set([own]);
  for (const { metadata, bundleSelector, namespaceSelector } of world.mappings) {
    if (metadata.namespace !== own || bundleSelector === undefined || namespaceSelector === undefined) continue;
    try {
      if (!compileSelector(bundleSelector)(bundle.metadata.labels ?? {})) continue;
      const matches = compileSelector(namespaceSelector);
      for (const namespace of world.namespaces) if (matches(namespace.labels)) names.add(namespace.name);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return names;
}

/**
 * Returns what a bundle means for every cluster of the world on its first pass, sorted by cluster name: outcome, merged
 * and finished options, labels, and whether the rollout lets it through. `finish` evaluates value templates; its errors
 * stay with their cluster. Throws TARGET_SELECTOR_INVALID and ROLLOUT_INVALID, which concern the whole bundle.
 */
export function targetBundle(bundle: Bundle, world: TargetWorld, finish: Finish): readonly TargetEntry[] {
  const match = compileTargets(bundle.spec);
  const namespaces = namespacesOf(bundle, world);
  const merged = new Map<string, DeploymentOptions>();
  const optionsFor = (outcome: Outcome): DeploymentOptions => {
    const known = merged.get(outcome.optionsKey) ?? mergeOptions(bundle.spec, outcome);
    merged.set(outcome.optionsKey, known);
    return known;
  };
  const matched = world.clusters.toSorted(byName).map((cluster) => {
    const target: TargetCluster = {
      name: cluster.metadata.name ?? "",
      namespace: cluster.metadata.namespace ?? "",
      labels: cluster.metadata.labels ?? {},
      groups: groupsOf(cluster, world.groups),
    };
    const outcome = namespaces.has(target.namespace) ? match(target) : undefined;
    if (outcome === undefined || outcome.doNotDeploy) return { cluster, target, outcome };
    try {
      return { cluster, target, outcome, options: finish(optionsFor(outcome), factsOf(cluster)) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { cluster, target, outcome, error };
    }
  });
  const aimed = matched.filter((entry) => entry.options !== undefined);
  const isPaused = (cluster: Cluster): boolean => bundle.spec.paused === true || cluster.spec?.paused === true;
  const plan = planRollout(
    // A first pass over everything, without the batches that a running hub makes them in.
    { ...bundle.spec.rolloutStrategy, maxNew: aimed.length },
    aimed.map(({ cluster, target }) => ({ cluster: target, wanted: "wanted", paused: isPaused(cluster) })),
  );
  const decisions = new Map(aimed.map(({ cluster }, index) => [cluster, plan.decisions[index]] as const));
  return matched.map(({ cluster, outcome, options, error }) => {
    const decision = decisions.get(cluster);
    const deployment =
      options === undefined || decision?.create !== true
        ? undefined
        : {
            ...planDeployment(bundle, cluster, options),
            promoted: decision.current === decision.staged,
            paused: isPaused(cluster),
          };
    return { cluster, outcome, deployment, ...(error === undefined ? {} : { error }) };
  });
}

function byName(a: Cluster, b: Cluster): number {
  const [left, right] = [
    `${a.metadata.name ?? ""}\0${a.metadata.namespace ?? ""}`,
    `${b.metadata.name ?? ""}\0${b.metadata.namespace ?? ""}`,
  ];
  return left < right ? -1 : left > right ? 1 : 0;
}

function planDeployment(
  bundle: Bundle,
  cluster: Cluster,
  options: DeploymentOptions,
): Omit<PlannedDeployment, "promoted" | "paused"> {
  const { metadata, status } = cluster;
  return {
    namespace: status?.namespace ?? `cluster-${metadata.name ?? ""}`,
    labels: deploymentLabels(bundle, { namespace: metadata.namespace ?? "", name: metadata.name ?? "" }),
    options,
    offSchedule: status?.scheduled === true && status.activeSchedule !== true,
    dependsOn: bundle.spec.dependsOn ?? [],
    correctDrift: options.correctDrift,
  };
}
