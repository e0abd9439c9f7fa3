import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { Outcome, TargetCluster, TargetGroup } from "../../shared/targeting/match-targets.ts";
import type { TargetAtoms } from "../../shared/targeting/cluster-class.ts";

/** What the hub keeps in memory of a registered cluster. */
export interface FleetCluster {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly templateValues: Readonly<Record<string, unknown>>;
  readonly paused: boolean;
  readonly generation: number;
  /** Identity of the Kubernetes cluster that registered it. */
  readonly clientId: string | undefined;
}

/** A bundle that can be aimed: compiled selectors, and what each outcome deploys. */
export interface FleetBundle {
  readonly name: string;
  /** Equal hashes: the same clusters get it with the same outcomes. */
  readonly targetingHash: string;
  readonly atoms: TargetAtoms;
  matchTargets(cluster: TargetCluster): Outcome | undefined;
  /** Returns what a cluster with this outcome should have. */
  deployment(outcome: Outcome): DesiredDeployment;
}

/** A ClusterGroup whose selector is compiled. */
export interface FleetGroup extends TargetGroup {
  readonly atoms: TargetAtoms;
  matches(labels: Readonly<Record<string, string>>): boolean;
}

/** Clusters that no selector of the workspace tells apart, and so get the same bundles. */
export interface ClusterClass {
  readonly signature: string;
  readonly members: Set<string>;
  /** Members keep what they have. */
  readonly paused: boolean;
  readonly groups: readonly FleetGroup[];
  /** What each bundle means for the members; bundles that mean nothing are not in it. */
  readonly outcomes: Map<string, Outcome>;
  /** The class document: deployments by bundle name; undefined until somebody asks after a change. */
  deployments: readonly DesiredDeployment[] | undefined;
  /** How many members last reported what: report key → count. */
  readonly reports: Map<string, number>;
}
