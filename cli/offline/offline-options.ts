import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { gitRepoSchema } from "../../shared/api/git-repo.ts";
import {
  type BundleOptions,
  bundleOptionsOf,
  commitLabel,
  defaultTargets,
} from "../../shared/bundle/bundle-options.ts";
import type { ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import {
  type CommandContext,
  type CommandInput,
  type CommandOption,
  listOption,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { parseLabels } from "../commands/label.ts";
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
    description: "GitRepo manifest with name, namespace, labels, paths, targets and all options.",
  },
  name: {
    type: "string",
    value: "NAME",
    description: "Name of the GitRepo, first part of bundle names. Default: the folder's name.",
  },
  namespace: { type: "string", short: "n", value: "NAME", description: "Workspace. Default fleet-default." },
  label: {
    type: "string",
    multiple: true,
    value: "KEY=VALUE",
    description: "Label for every bundle; may be repeated.",
  },
  commit: { type: "string", value: "COMMIT", description: "Commit label of the bundles." },
  "target-namespace": { type: "string", value: "NAME", description: "Namespace forced onto every object." },
  "service-account": { type: "string", value: "NAME", description: "ServiceAccount that applies the bundles." },
  paused: { type: "boolean", description: "Stage only." },
  "keep-resources": { type: "boolean", description: "Leave objects behind when a bundle goes." },
  "delete-namespace": { type: "boolean", description: "Delete the target namespace with the bundle." },
  "correct-drift": { type: "boolean", description: "Put back what others change." },
  "correct-drift-force": { type: "boolean", description: "Put back by force." },
  "driven-scan": { type: "boolean", description: "Arguments are BASE:OPTIONSFILE, one bundle each." },
  "driven-scan-sep": { type: "string", value: "CHAR", description: "What separates the two. Default `:`." },
  "sync-generation": { type: "string", value: "NUMBER", description: "forceSyncGeneration of the bundles." },
  "imagescan-enabled": { type: "boolean", description: "Accept imageScans." },
  "no-targets": {
    type: "boolean",
    description: "Bundles get no targets, as those of `fleet apply` without a targets file.",
  },
} as const satisfies Record<string, CommandOption>;

/** What the offline commands work on. */
export interface OfflineInput {
  readonly tree: RepoTree;
  readonly scan: ScanOptions;
  readonly options: BundleOptions;
}

/** Returns repository, places to search and options that a call names. */
export async function readOfflineInput(
  input: CommandInput,
  { cwd }: Pick<CommandContext, "cwd">,
): Promise<OfflineInput> {
  const dir = resolve(cwd, textOption(input, "repo") ?? ".");
  const revision = textOption(input, "rev");
  const tree = revision === undefined ? folderTree(dir) : await readRevision(dir, revision);
  const file = textOption(input, "gitrepo");
  if (file === undefined) return { tree, scan: scanOf(input), options: optionsOf(input, basename(dir)) };
  const gitRepo = gitRepoSchema.parse(parseFirstYaml(readFileSync(resolve(cwd, file), "utf8"), { file })?.value);
  const { paths, bundles } = gitRepo.spec;
  const options = bundleOptionsOf(gitRepo);
  const { targets: _targets, targetRestrictions: _restrictions, ...untargeted } = options;
  return {
    tree,
    scan: { ...(paths === undefined ? {} : { paths }), ...(bundles === undefined ? {} : { bundles }) },
    options: switchOption(input, "no-targets") ? untargeted : options,
  };
}

function scanOf(input: CommandInput): ScanOptions {
  if (!switchOption(input, "driven-scan")) return { paths: input.arguments };
  const separator = textOption(input, "driven-scan-sep") ?? ":";
  const bundles = input.arguments.map((argument) => {
    const [base = "", options, ...more] = argument.split(separator);
    if (more.length > 0) throw new UsageError(`invalid bundle path: "${argument}"`);
    return options === undefined ? { base } : { base, options };
  });
  return { bundles };
}

function optionsOf(input: CommandInput, folder: string): BundleOptions {
  const labels = listOption(input, "label").flatMap((list) => list.split(","));
  const commit = textOption(input, "commit");
  const generation = Number(textOption(input, "sync-generation") ?? "0");
  if (!Number.isSafeInteger(generation)) throw new UsageError("--sync-generation takes a whole number");
  const given = {
    targetNamespace: textOption(input, "target-namespace"),
    serviceAccount: textOption(input, "service-account"),
  };
  return {
    name: textOption(input, "name") ?? folder,
    namespace: textOption(input, "namespace") ?? "fleet-default",
    labels: {
      ...(labels.length === 0 ? {} : stringLabels(labels)),
      ...(commit === undefined ? {} : { [commitLabel]: commit }),
    },
    ...(switchOption(input, "no-targets") ? {} : { targets: defaultTargets, targetRestrictions: defaultTargets }),
    ...(given.targetNamespace === undefined ? {} : { targetNamespace: given.targetNamespace }),
    ...(given.serviceAccount === undefined ? {} : { serviceAccount: given.serviceAccount }),
    paused: switchOption(input, "paused"),
    keepResources: switchOption(input, "keep-resources"),
    deleteNamespace: switchOption(input, "delete-namespace"),
    forceSyncGeneration: generation,
    imageScansEnabled: switchOption(input, "imagescan-enabled"),
    correctDrift: { enabled: switchOption(input, "correct-drift"), force: switchOption(input, "correct-drift-force") },
  };
}

function stringLabels(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parseLabels(words)).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
  );
}
