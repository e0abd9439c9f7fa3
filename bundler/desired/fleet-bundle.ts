import { stableHash, stableJson } from "../../codec/stable-hash.ts";
import {
  contentAnnotation,
  directoryAnnotation,
  emptiedByAnnotation,
  lookupAnnotation,
} from "../../shared/api/annotations.ts";
import { removalBudgetOrNone } from "../../shared/api/removal-budget.ts";
import type { Bundle } from "../../shared/api/bundle.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { commitLabel, repoNameLabel } from "../../shared/bundle/bundle-options.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import { targetAtoms } from "../../shared/targeting/cluster-class.ts";
import { compileSelector } from "../../shared/targeting/match-selector.ts";
import { compileTargets, type Outcome } from "../../shared/targeting/match-targets.ts";
import { mergeOptions } from "../../shared/targeting/merge-options.ts";
import { type BundleContent, bundleContentSchema, contentFor } from "../build/bundle-content.ts";
import { type Blob, createBlob } from "../store/blob-table.ts";
import type { FleetBundle } from "./fleet.ts";

/** What a bundle needs to know of its workspace. */
export interface BundleSurroundings {
  readonly workspace: string;
  /** Labels of every bundle of the workspace by name, for `dependsOn.selector`. */
  readonly labelsOfBundles: () => ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** A bundle with the options blobs of its outcomes, which agents may ask for. */
export interface AimedBundle extends FleetBundle {
  readonly labels: Readonly<Record<string, string>>;
  readonly gitRepo: string | undefined;
  /** Directory of the repository that it was built from. */
  readonly directory: string;
  /** The commit with which its targets came to match no cluster (`emptiedBy`). */
  readonly emptiedBy: string | undefined;
  /** Returns the blob of merged options that one of its deployments named. */
  optionsBlob(digest: string): Blob | undefined;
}

/** Returns what a stored Bundle consists of; undefined while it has no content. */
export function contentOf(bundle: Bundle): BundleContent | undefined {
  const text = bundle.metadata.annotations?.[contentAnnotation];
  return text === undefined ? undefined : bundleContentSchema.parse(JSON.parse(text));
}

/** Returns the bundle ready to be aimed; throws TARGET_SELECTOR_INVALID. Options are merged once per outcome. */
export function createFleetBundle(bundle: Bundle, made: BundleContent, around: BundleSurroundings): AimedBundle {
  const { spec } = bundle;
  const name = bundle.metadata.name ?? "";
  const commit = bundle.metadata.labels?.[commitLabel];
  const lookup = bundle.metadata.annotations?.[lookupAnnotation] === "cluster" ? ({ lookup: "cluster" } as const) : {};
  const removalLimits = removalLimitsOf(bundle);
  const merged = new Map<string, { readonly options: DeploymentOptions; readonly blob: Blob }>();
  const blobs = new Map<string, Blob>();

  const optionsFor = (outcome: Outcome): { readonly options: DeploymentOptions; readonly blob: Blob } => {
    const known = merged.get(outcome.optionsKey);
    if (known !== undefined) return known;
    const options = mergeOptions(spec, outcome);
    const blob = createBlob(stableJson(options));
    const created = { options, blob };
    merged.set(outcome.optionsKey, created);
    blobs.set(blob.digest, blob);
    return created;
  };
  return {
    name,
    labels: bundle.metadata.labels ?? {},
    gitRepo: bundle.metadata.labels?.[repoNameLabel],
    directory: bundle.metadata.annotations?.[directoryAnnotation] ?? "",
    emptiedBy: bundle.metadata.annotations?.[emptiedByAnnotation],
    targetingHash: targetingHash(spec),
    atoms: targetAtoms(spec),
    matchTargets: compileTargets(spec),
    optionsBlob: (digest) => blobs.get(digest),
    deployment: (outcome): DesiredDeployment => {
      const { options, blob } = optionsFor(outcome);
      const content = contentFor(made, options);
      const dependsOn = resolveDependencies(spec.dependsOn ?? [], around);
      const what = { content, options: blob.digest, dependsOn, ...lookup };
      return {
        bundle: `${around.workspace}/${name}`,
        deploymentId: stableHash(what).slice(0, 32),
        content,
        options: blob.digest,
        ...lookup,
        ...removalLimits,
        ...(commit === undefined ? {} : { commit }),
        ...(spec.paused === true ? { paused: true } : {}),
        ...(dependsOn.length === 0 ? {} : { dependsOn }),
      };
    },
  };
}

/** Returns a hash of all that decides who gets a bundle. */
export function targetingHash(spec: Bundle["spec"]): string {
  return stableHash([spec.targets ?? [], spec.targetRestrictions ?? [], spec.targetCustomizationMode ?? ""]);
}

/** What a person must approve is no part of what is deployed: a new budget deploys nothing again. */
function removalLimitsOf(bundle: Bundle): Pick<DesiredDeployment, "removalLimits"> {
  const { objectsPercent, objectsAbove, objectsMost } = removalBudgetOrNone(bundle.metadata.annotations);
  const removalLimits = {
    ...(objectsPercent === undefined ? {} : { share: objectsPercent / 100 }),
    ...(objectsAbove === undefined ? {} : { shareAbove: objectsAbove }),
    ...(objectsMost === undefined ? {} : { count: objectsMost }),
  };
  return Object.keys(removalLimits).length === 0 ? {} : { removalLimits };
}

type Dependencies = NonNullable<DesiredDeployment["dependsOn"]>;

function resolveDependencies(
  wanted: NonNullable<Bundle["spec"]["dependsOn"]>,
  around: BundleSurroundings,
): Dependencies {
  return wanted.flatMap(({ name, selector, acceptedStates }) => {
    const states = acceptedStates === undefined || acceptedStates.length === 0 ? ["Ready"] : [...acceptedStates];
    const matches = selector === undefined ? undefined : compileSelector(selector);
    const selected =
      matches === undefined
        ? []
        : [...around.labelsOfBundles()].filter(([, labels]) => matches(labels)).map(([bundle]) => bundle);
    const names = name === undefined || name === "" ? selected : [name, ...selected];
    return names.toSorted().map((bundle) => ({ bundle: `${around.workspace}/${bundle}`, acceptedStates: states }));
  });
}
