import type { HubBudget } from "../../shared/api/removal-budget.ts";
import type { AppError } from "../../shared/errors.ts";
import type { GitFault } from "../store/git-state-table.ts";

/** A fault before it has a history. */
export type NewFault = Omit<GitFault, "firstSeen" | "lastSeen" | "count">;

/** A bundle that a GitRepo has in force now. */
export interface BundleInForce {
  readonly name: string;
  readonly directory: string;
}

/** What a commit says about one directory; names are unique. */
export interface BuiltDirectory extends BundleInForce {
  /** `failed`: could not be built. */
  readonly kind: "bundle" | "failed";
}

/** What is to happen to a GitRepo's bundles. */
export interface BundlePlan {
  /** Names of the bundles to save. */
  readonly save: ReadonlySet<string>;
  readonly remove: readonly BundleInForce[];
  readonly faults: readonly NewFault[];
}

/** What a plan is made from. */
export interface BundlePlanInput {
  readonly gitRepo: string;
  readonly inForce: readonly BundleInForce[];
  readonly built: readonly BuiltDirectory[];
  /** What holds a bundle of this name already: a GitRepo, "" for one made by hand, undefined for nothing. */
  readonly ownerOf: (bundle: string) => string | undefined;
  /** A person has approved this commit's removals. */
  readonly approved: boolean;
  /** Whether some path of the GitRepo could not be searched: what is missing may lie there. */
  readonly incomplete: boolean;
  /** How many bundles one commit may take away. */
  readonly budget: Pick<HubBudget, "bundlesPercent" | "bundlesAtLeast">;
}

/**
 * Returns which bundles a commit saves and removes. A directory that failed keeps the bundle it had; a name that
 * somebody else holds stays theirs; nothing is removed when a path could not be searched, when a commit leaves no bundle
 * at all, or takes away more than the budget.
 */
export function planBundles(input: BundlePlanInput): BundlePlan {
  const { gitRepo, inForce, built, ownerOf, approved, incomplete, budget } = input;
  const faults: NewFault[] = [];
  const save = new Set<string>();
  for (const { directory, kind, name } of built) {
    if (kind !== "bundle") continue;
    const owner = ownerOf(name);
    if (owner === undefined || owner === gitRepo) save.add(name);
    else {
      const holder = owner === "" ? "somebody made one by hand" : `GitRepo ${owner} has one`;
      faults.push({
        code: "BUNDLE_NAME_TAKEN",
        directory,
        message: `bundle ${name}: ${holder} under this name; set \`name:\` in its fleet.yaml`,
      });
    }
  }
  const failed = built.filter(({ kind }) => kind === "failed");
  const keptNames = new Set(built.map(({ name }) => name));
  const failedDirectories = new Set(failed.map(({ directory }) => directory));
  const gone = inForce.filter(({ name, directory }) => !keptNames.has(name) && !failedDirectories.has(directory));
  if (built.length === 0) {
    const stay = inForce.length === 0 ? "" : `; ${inForce.length} bundles of earlier commits stay as they are`;
    return { save, remove: [], faults: [{ code: "NO_BUNDLES", message: `no bundle found: check spec.paths${stay}` }] };
  }
  if (incomplete) return { save, remove: [], faults };
  const isMuch = gone.length >= budget.bundlesAtLeast && 100 * gone.length > inForce.length * budget.bundlesPercent;
  if (!approved && gone.length > 0 && isMuch) {
    const message = `this commit removes ${gone.length} of ${inForce.length} bundles: they stay until somebody approves it with \`drover approve gitrepo ${gitRepo}\``;
    return { save, remove: [], faults: [...faults, { code: "REMOVAL_HELD", message }] };
  }
  return { save, remove: gone, faults };
}

/** Returns the fault of an error; `directory` is the bundle's, absent when the whole repository is concerned. */
export function newFault(error: AppError, directory?: string): NewFault {
  const { file, line, column } = error.position ?? {};
  return {
    code: error.code,
    message: error.message,
    ...(directory === undefined ? {} : { directory }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** Returns faults with their history: one that was there before keeps its first time and is counted on. */
export function mergeFaults(before: readonly GitFault[], now: readonly NewFault[], time: string): GitFault[] {
  return now.map((fault) => {
    const known = before.find(({ code, directory }) => code === fault.code && directory === fault.directory);
    return { ...fault, firstSeen: known?.firstSeen ?? time, lastSeen: time, count: (known?.count ?? 0) + 1 };
  });
}
