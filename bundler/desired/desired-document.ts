import { stableHash } from "../../codec/stable-hash.ts";
import type { ClusterFacts, DesiredDeployment, DesiredDocument, Removal } from "../../shared/protocol/desired-document.ts";
import type { ClusterClass, FleetBundle, FleetCluster } from "./fleet.ts";

/** Returns the class document: what every member should have, by bundle name; computed once after each change. */
export function deploymentsOf(clusterClass: ClusterClass, bundles: ReadonlyMap<string, FleetBundle>): readonly DesiredDeployment[] {
  clusterClass.deployments ??= [...clusterClass.outcomes]
    .filter(([, outcome]) => !outcome.doNotDeploy)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, outcome]) => {
      const bundle = bundles.get(name);
      return bundle === undefined ? [] : [bundle.deployment(outcome)];
    });
  return clusterClass.deployments;
}

/** Returns what is the cluster's own and may be used by value templates. */
export function clusterFacts(cluster: FleetCluster): ClusterFacts {
  return {
    name: cluster.name,
    namespace: cluster.namespace,
    labels: { ...cluster.labels },
    annotations: { ...cluster.annotations },
    templateValues: { ...cluster.templateValues },
  };
}

/** What decides about one cluster's document. */
export interface DocumentInput {
  readonly epoch: string;
  readonly revision: number;
  readonly cluster: FleetCluster;
  readonly deployments: readonly DesiredDeployment[];
  readonly remove: readonly Removal[];
}

/** Returns the document of one cluster (design.md section 4, function `desiredDocument`); its tag covers all but the revision. */
export function desiredDocument(input: DocumentInput): DesiredDocument {
  const { epoch, revision, cluster } = input;
  const deployments = cluster.paused ? input.deployments.map((deployment) => ({ ...deployment, paused: true })) : [...input.deployments];
  const body = { epoch, facts: clusterFacts(cluster), deployments, remove: [...input.remove] };
  return { ...body, revision, tag: stableHash(body).slice(0, 32) };
}

/** What the hub knows of a bundle that an agent holds. */
export type BundleKnowledge = { readonly known: "present" } | { readonly known: "removed"; readonly because: string } | { readonly known: "never" };

/**
 * Returns which of the deployments that an agent holds it may remove: those of bundles that the hub knows to be gone
 * or no longer aimed at the cluster. What the hub never heard of is not mentioned, and so stays (design.md section 5).
 */
export function planRemovals(
  holds: readonly string[],
  wanted: readonly DesiredDeployment[],
  knowledge: (bundle: string) => BundleKnowledge & { readonly generation: number },
): Removal[] {
  const names = new Set(wanted.map((deployment) => deployment.bundle));
  return holds
    .filter((bundle) => !names.has(bundle))
    .toSorted()
    .flatMap((bundle): Removal[] => {
      const about = knowledge(bundle);
      switch (about.known) {
        case "never":
          return [];
        case "removed":
          return [{ bundle, reason: "bundle-deleted", because: about.because }];
        case "present":
          return [{ bundle, reason: "not-targeted", because: `generation ${about.generation}` }];
      }
    });
}
