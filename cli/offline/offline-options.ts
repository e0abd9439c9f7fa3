import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import type { BundleOptions } from "../../shared/bundle/bundle-options.ts";
import type { ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import type { LocatedField } from "../../shared/bundle/not-acted-on.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { AppError } from "../../shared/errors.ts";
import {
  type CommandContext,
  type CommandInput,
  type CommandOption,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { bundleOptions, gitRepoNotes, gitRepoPlaces, readGitRepo } from "./bundle-options.ts";
import { chartOptions, createOfflineCharts, type OfflineCharts } from "./offline-charts.ts";
import { readRevision } from "./read-revision.ts";
import { folderTree } from "./read-work-tree.ts";

/** Options of the commands that work on a folder, under the names of `fleet apply` where that has them. */
export const offlineOptions = {
  repo: { type: "string", value: "DIR", description: "Folder of the repository. Default: the current one." },
  rev: {
    type: "string",
    value: "REVISION",
    description: "A branch, tag or commit of the clone instead of its files as they are.",
  },
  gitrepo: {
    type: "string",
    value: "FILE",
    description:
      "GitRepo manifest with name, namespace, labels, paths, targets and all options. Other flags count over it.",
  },
  name: {
    type: "string",
    value: "NAME",
    description: "Name of the GitRepo, first part of bundle names. Default: the folder's name.",
  },
  namespace: { type: "string", short: "n", value: "NAME", description: "Workspace. Default fleet-default." },
  label: {
    type: "string",
    short: "l",
    multiple: true,
    value: "KEY=VALUE",
    description: "Label for every bundle; may be repeated, or a list with commas.",
  },
  commit: { type: "string", value: "COMMIT", description: "Commit label of the bundles." },
  "target-namespace": { type: "string", value: "NAME", description: "Namespace forced onto every object." },
  "service-account": {
    type: "string",
    short: "a",
    value: "NAME",
    description: "ServiceAccount that applies the bundles.",
  },
  paused: { type: "boolean", description: "Stage only." },
  "keep-resources": { type: "boolean", description: "Leave objects behind when a bundle goes." },
  "delete-namespace": { type: "boolean", description: "Delete the target namespace with the bundle." },
  "correct-drift": { type: "boolean", description: "Put back what others change." },
  "correct-drift-force": { type: "boolean", description: "Put back by force." },
  "correct-drift-keep-fail-history": {
    type: "boolean",
    description: "Kept for Fleet's scripts; there is no Helm history here.",
  },
  "driven-scan": { type: "boolean", description: "Arguments are BASE:OPTIONSFILE, one bundle each." },
  "driven-scan-sep": { type: "string", value: "CHAR", description: "What separates the two. Default `:`." },
  "sync-generation": { type: "string", value: "NUMBER", description: "forceSyncGeneration of the bundles." },
  "imagescan-enabled": { type: "boolean", description: "Accept imageScans." },
  compress: {
    type: "boolean",
    short: "c",
    description: "Mark every resource as Fleet stores it compressed; `bundle` shows it.",
  },
  "targets-file": { type: "string", value: "FILE", description: "YAML file with `targets` and `targetRestrictions`." },
  "no-targets": { type: "boolean", description: "Bundles get none of the GitRepo's targets." },
  strict: { type: "boolean", description: "Warnings are errors: a bundle that has some fails." },
  ...chartOptions,
} as const satisfies Record<string, CommandOption>;

/** What the offline commands work on. */
export interface OfflineInput {
  readonly tree: RepoTree;
  readonly scan: ScanOptions;
  readonly options: BundleOptions;
  /** Fetches the charts that are not in the repository. */
  readonly charts: OfflineCharts;
  /** What has no effect in the GitRepo manifest. */
  readonly warnings: readonly BundleWarning[];
  /** Fields of the GitRepo manifest that nothing acts on yet. */
  readonly later: readonly LocatedField[];
}

/** Returns repository, places to search and options that a call names; `revision` stands in for `--rev`. */
export async function readOfflineInput(
  input: CommandInput,
  context: CommandContext,
  revision: string | undefined = textOption(input, "rev"),
): Promise<OfflineInput> {
  const settings = readSettings(input, context);
  return { ...settings, tree: await readTree(input, context.cwd, revision) };
}

/** Returns the places to search, options and access to charts that a call names; `paths` are its arguments. */
export function readSettings(
  input: CommandInput,
  context: CommandContext,
  paths: readonly string[] = input.arguments,
): Omit<OfflineInput, "tree"> {
  const { cwd } = context;
  const gitRepo = readGitRepo(input, cwd);
  return {
    scan: scanOf(input, paths, gitRepo === undefined ? {} : { gitRepo, place: gitRepoPlaces(input, cwd) }),
    options: bundleOptions(input, cwd, gitRepo),
    charts: createOfflineCharts(input, context, gitRepo),
    ...gitRepoNotes(input, cwd),
  };
}

/** Returns the files of `--repo`: as they lie there, or of a revision. Throws INPUT_FILE_INVALID, GIT_REF_NOT_FOUND. */
export async function readTree(input: CommandInput, cwd: string, revision: string | undefined): Promise<RepoTree> {
  const dir = resolve(cwd, textOption(input, "repo") ?? ".");
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new AppError("INPUT_FILE_INVALID", `${dir} is no folder: name the repository's with --repo`, {
      verdict: "stalled",
      position: { file: dir },
    });
  return revision === undefined ? folderTree(dir) : readRevision(dir, revision);
}

/** A GitRepo manifest, and where its entries stand. */
interface PlacedGitRepo {
  readonly gitRepo?: GitRepo;
  readonly place?: ScanOptions["place"];
}

function scanOf(input: CommandInput, paths: readonly string[], { gitRepo, place }: PlacedGitRepo): ScanOptions {
  const { paths: ownPaths, bundles: ownBundles } = gitRepo?.spec ?? {};
  if (paths.length === 0 && gitRepo !== undefined && !switchOption(input, "driven-scan"))
    return {
      ...(ownPaths === undefined ? {} : { paths: ownPaths }),
      ...(ownBundles === undefined ? {} : { bundles: ownBundles }),
      ...(place === undefined ? {} : { place }),
    };
  if (!switchOption(input, "driven-scan")) return { paths };
  const separator = textOption(input, "driven-scan-sep") ?? ":";
  const bundles = paths.map((argument) => {
    const [base = "", options, ...more] = argument.split(separator);
    if (more.length > 0) throw new UsageError(`invalid bundle path: "${argument}"`);
    return options === undefined ? { base } : { base, options };
  });
  return { bundles };
}
