import { lookupAnnotation, removalBudgetAnnotation, strictAnnotation } from "../api/annotations.ts";
import type { GitTarget } from "../api/bundle-target.ts";
import type { CorrectDrift } from "../api/deployment-options.ts";
import type { GitRepo } from "../api/git-repo.ts";
import type { BundleTarget } from "../api/bundle-target.ts";
import { criteriaOf } from "./criteria-of.ts";

/** Label with the name of the GitRepo that a bundle comes from. */
export const repoNameLabel = "fleet.cattle.io/repo-name";
/** Label with the commit that a bundle comes from. */
export const commitLabel = "fleet.cattle.io/commit";

/** What a GitRepo says about all of its bundles (on Fleet's command line: the flags of `fleet apply`). */
export interface BundleOptions {
  /** Name of the GitRepo: first part of every derived bundle name. */
  readonly name: string;
  /** Workspace. */
  readonly namespace: string;
  /** Labels for every bundle. The commit is better left out where results are kept per tree. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Targets of the GitRepo, or of a targets file; absent: none at all, as on the command line. */
  readonly targets?: readonly BundleTarget[];
  /** Allow list that goes with `targets`; the same entries for a GitRepo. */
  readonly targetRestrictions?: readonly GitTarget[];
  readonly targetNamespace?: string;
  readonly serviceAccount?: string;
  readonly paused?: boolean;
  readonly keepResources?: boolean;
  readonly deleteNamespace?: boolean;
  readonly correctDrift?: CorrectDrift;
  readonly forceSyncGeneration?: number;
  /** Whether `imageScans` are allowed, as the hub does; otherwise they are an error, as in Fleet with scanning off. Default false. */
  readonly imageScansEnabled?: boolean;
  /** `cluster`: charts may look up what is outside of their release's namespace. */
  readonly lookup?: "cluster";
  /** How much may be removed without anybody's word, as the GitRepo's annotation says. */
  readonly removalBudget?: string;
  /** Every warning is an error. Default false. */
  readonly strict?: boolean;
}

/** Group that gets the bundles of a GitRepo without targets. */
export const defaultTargets: readonly GitTarget[] = [{ name: "default", clusterGroup: "default" }];

/** Returns what a GitRepo says about its bundles. The label with its name is in it, the commit is not. */
export function bundleOptionsOf(gitRepo: GitRepo): BundleOptions {
  const { spec, metadata } = gitRepo;
  const targets =
    spec.targets === undefined || spec.targets.length === 0 ? defaultTargets : spec.targets.map(criteriaOf);
  return {
    name: metadata.name ?? "",
    namespace: metadata.namespace ?? "default",
    labels: { ...metadata.labels, [repoNameLabel]: metadata.name ?? "" },
    targets,
    targetRestrictions: targets,
    ...(spec.targetNamespace === undefined ? {} : { targetNamespace: spec.targetNamespace }),
    ...(spec.serviceAccount === undefined ? {} : { serviceAccount: spec.serviceAccount }),
    ...(spec.paused === undefined ? {} : { paused: spec.paused }),
    ...(spec.keepResources === undefined ? {} : { keepResources: spec.keepResources }),
    ...(spec.deleteNamespace === undefined ? {} : { deleteNamespace: spec.deleteNamespace }),
    ...(spec.correctDrift === undefined ? {} : { correctDrift: spec.correctDrift }),
    ...(metadata.annotations?.[lookupAnnotation] === "cluster" ? { lookup: "cluster" } : {}),
    ...removalBudgetOf(metadata.annotations?.[removalBudgetAnnotation]),
    ...strictOf(metadata.annotations?.[strictAnnotation]),
    ...(spec.forceSyncGeneration === undefined ? {} : { forceSyncGeneration: spec.forceSyncGeneration }),
  };
}

function removalBudgetOf(said: string | undefined): Pick<BundleOptions, "removalBudget"> {
  return said === undefined || said === "" ? {} : { removalBudget: said };
}

function strictOf(said: string | undefined): Pick<BundleOptions, "strict"> {
  return said === "true" || said === "false" ? { strict: said === "true" } : {};
}
