import { stableHash, stableJson } from "../../codec/stable-hash.ts";
import type {
  ClusterFacts,
  DesiredDeployment,
  DesiredDocument,
  Removal,
} from "../../shared/protocol/desired-document.ts";

/** The document in use, and what follows from it for one bundle. */
export interface DesiredState {
  document(): DesiredDocument | undefined;
  deployment(bundle: string): DesiredDeployment | undefined;
  /** Returns that the hub said this bundle goes, if it said so. */
  removal(bundle: string): Removal | undefined;
  facts(): ClusterFacts;
  factsDigest(): string;
  /** Digests of all blobs that the document names. */
  digests(): ReadonlySet<string>;
  /** Takes another document into use and returns the bundles for which anything differs. */
  take(document: DesiredDocument): string[];
}

const noFacts: ClusterFacts = { name: "", namespace: "", labels: {}, annotations: {}, templateValues: {} };

/** Returns a state without a document yet: then nothing is wanted, and nothing was said to go. */
export function createDesiredState(): DesiredState {
  let current: DesiredDocument | undefined;
  let deployments = new Map<string, DesiredDeployment>();
  let removals = new Map<string, Removal>();
  let factsDigest = "";

  return {
    document: () => current,
    deployment: (bundle) => deployments.get(bundle),
    removal: (bundle) => removals.get(bundle),
    facts: () => current?.facts ?? noFacts,
    factsDigest: () => factsDigest,
    digests: () => new Set([...deployments.values()].flatMap(({ content, options }) => [content, options])),
    take: (document) => {
      const before = deployments;
      const removedBefore = removals;
      const factsBefore = factsDigest;
      current = document;
      deployments = new Map(document.deployments.map((deployment) => [deployment.bundle, deployment]));
      removals = new Map(document.remove.map((removal) => [removal.bundle, removal]));
      factsDigest = stableHash(document.facts);
      const all = new Set([...before.keys(), ...deployments.keys(), ...removedBefore.keys(), ...removals.keys()]);
      if (factsDigest !== factsBefore) return [...all];
      return [...all].filter(
        (bundle) =>
          stableJson(before.get(bundle)) !== stableJson(deployments.get(bundle)) ||
          stableJson(removedBefore.get(bundle)) !== stableJson(removals.get(bundle)),
      );
    },
  };
}
