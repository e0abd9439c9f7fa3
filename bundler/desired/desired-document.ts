import { sha256Hex, stableHash } from "../../codec/stable-hash.ts";
import type {
  ClusterFacts,
  DesiredDeployment,
  DesiredDocument,
  Removal,
} from "../../shared/protocol/desired-document.ts";
import type { ClusterClass, FleetBundle, FleetCluster } from "./fleet.ts";

/** Returns the class document: what every member should have, by bundle name; computed once after each change. */
export function deploymentsOf(
  clusterClass: ClusterClass,
  bundles: ReadonlyMap<string, FleetBundle>,
): readonly DesiredDeployment[] {
  clusterClass.deployments ??= [...clusterClass.outcomes]
    .filter(([, outcome]) => !outcome.doNotDeploy)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, outcome]) => {
      const bundle = bundles.get(name);
      if (bundle === undefined) return [];
      const deployment = bundle.deployment(outcome);
      return [clusterClass.paused ? { ...deployment, paused: true } : deployment];
    });
  return clusterClass.deployments;
}

const byBundle = new WeakMap<readonly DesiredDeployment[], ReadonlyMap<string, DesiredDeployment>>();

/** Returns what members of a class should have of one bundle (`<workspace>/<name>`); undefined when nothing. */
export function deploymentIn(
  clusterClass: ClusterClass,
  bundles: ReadonlyMap<string, FleetBundle>,
  bundle: string,
): DesiredDeployment | undefined {
  const deployments = deploymentsOf(clusterClass, bundles);
  const known = byBundle.get(deployments);
  if (known !== undefined) return known.get(bundle);
  const made = new Map(deployments.map((deployment) => [deployment.bundle, deployment]));
  byBundle.set(deployments, made);
  return made.get(bundle);
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
  readonly cluster: FleetCluster;
  readonly deployments: readonly DesiredDeployment[];
  readonly remove: readonly Removal[];
}

const hashes = new WeakMap<object, string>();

/** Returns the hash of a value that is never changed in place, computed once. */
function hashOnce(value: object, content: () => unknown): string {
  const known = hashes.get(value);
  if (known !== undefined) return known;
  const hash = stableHash(content());
  hashes.set(value, hash);
  return hash;
}

/** Returns the tag of one cluster's document: equal tags, equal documents. Class and facts are hashed once per change. */
export function documentTag({ epoch, cluster, deployments, remove }: DocumentInput): string {
  const facts = hashOnce(cluster, () => clusterFacts(cluster));
  const removals = remove.length === 0 ? "" : stableHash(remove);
  return sha256Hex(`${epoch} ${hashOnce(deployments, () => deployments)} ${facts} ${removals}`).slice(0, 32);
}

/** Returns the document of one cluster (design.md section 4, function `desiredDocument`). `revision` rises within an epoch. */
export function desiredDocument(input: DocumentInput, revision: number): DesiredDocument {
  const { epoch, cluster, remove } = input;
  return {
    epoch,
    revision,
    tag: documentTag(input),
    facts: clusterFacts(cluster),
    deployments: [...input.deployments],
    remove: [...remove],
  };
}

/** What the hub knows of a bundle that an agent holds. */
export type BundleKnowledge =
  | { readonly known: "present" }
  | { readonly known: "removed"; readonly because: string }
  | { readonly known: "never" };

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
