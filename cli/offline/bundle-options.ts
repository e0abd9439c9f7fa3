import { basename, resolve } from "node:path";
import * as z from "zod";
import { isJsonObject } from "../../codec/json-value.ts";
import { bundleTargetSchema, gitTargetSchema } from "../../shared/api/bundle-target.ts";
import { type GitRepo, gitRepoSchema } from "../../shared/api/git-repo.ts";
import { checkGitRepo } from "../../shared/bundle/check-git-repo.ts";
import type { ValuePath } from "../../shared/bundle/decode-lenient.ts";
import type { ScanOptions } from "../../shared/bundle/find-bundle-dirs.ts";
import { locateValue } from "../../shared/bundle/locate-value.ts";
import { type LocatedField, notActedOnAt } from "../../shared/bundle/not-acted-on.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { type BundleOptions, bundleOptionsOf, commitLabel, repoNameLabel } from "../../shared/bundle/bundle-options.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { type CommandInput, listOption, switchOption, textOption, UsageError } from "../command.ts";
import { readInputDocument, readInputDocuments } from "./read-input-file.ts";

/** Schema of the file behind `--targets-file`, in the form that Fleet's controller writes (source: `fleet apply`). */
const targetsFileSchema = z.looseObject({
  targets: z.array(bundleTargetSchema).exactOptional(),
  targetRestrictions: z.array(gitTargetSchema).exactOptional(),
});

/** Returns the GitRepo manifest of `--gitrepo`, undefined without the option; throws INPUT_FILE_INVALID. */
export function readGitRepo(input: CommandInput, cwd: string): GitRepo | undefined {
  const file = textOption(input, "gitrepo");
  return file === undefined ? undefined : readInputDocument(gitRepoSchema, resolve(cwd, file), "GitRepo");
}

/** What is to be said of a GitRepo manifest. */
export interface GitRepoNotes {
  readonly warnings: readonly BundleWarning[];
  /** Fields that nothing acts on yet. */
  readonly later: readonly LocatedField[];
}

/** Returns where entries of `paths` and `bundles` stand in the file of `--gitrepo`; undefined without the option. */
export function gitRepoPlaces(input: CommandInput, cwd: string): ScanOptions["place"] {
  const file = textOption(input, "gitrepo");
  if (file === undefined) return undefined;
  const [document] = readInputDocuments(resolve(cwd, file), "GitRepo");
  return (field, index) => locateValue(document, ["spec", field, index], file);
}

/** Returns what has no effect, or none yet, in the GitRepo manifest of `--gitrepo`, with its place in the file. */
export function gitRepoNotes(input: CommandInput, cwd: string): GitRepoNotes {
  const file = textOption(input, "gitrepo");
  if (file === undefined) return { warnings: [], later: [] };
  const [document, second] = readInputDocuments(resolve(cwd, file), "GitRepo");
  const spec = isJsonObject(document?.value) ? (document.value["spec"] ?? null) : null;
  const locate = (path: ValuePath): SourcePosition => locateValue(document, ["spec", ...path], file);
  const later = isJsonObject(spec) ? notActedOnAt("GitRepo", { spec, locate }) : [];
  const notes = checkGitRepo(spec).map(({ code, path, message }): BundleWarning => ({
    code,
    message,
    position: locate(path),
  }));
  if (second === undefined) return { warnings: notes, later };
  const { line = 1, column = 1 } = second.positionOf([]) ?? {};
  const message = "only the first document of the file counts as the GitRepo; call the command once for each";
  return { warnings: [...notes, { code: "DOCUMENT_IGNORED", message, position: { file, line, column } }], later };
}

/**
 * Returns what all bundles have in common: the GitRepo manifest's options, and over them the flags that were given.
 * Without a manifest and a targets file there are no targets, as with `fleet apply`. The labels that only the hub knows
 * (name of the GitRepo, commit) are left out unless flags give them.
 */
export function bundleOptions(input: CommandInput, cwd: string, gitRepo: GitRepo | undefined): BundleOptions {
  const folder = basename(resolve(cwd, textOption(input, "repo") ?? "."));
  const base: BundleOptions =
    gitRepo === undefined ? { name: folder, namespace: "fleet-default" } : ownOptions(gitRepo);
  const { targets, targetRestrictions, ...rest } = base;
  const aimed = targetsOf(input, cwd) ?? {
    ...when(targets, (targets) => ({ targets })),
    ...when(targetRestrictions, (targetRestrictions) => ({ targetRestrictions })),
  };
  const commit = textOption(input, "commit");
  const labels = { ...base.labels, ...givenLabels(input), ...(commit === undefined ? {} : { [commitLabel]: commit }) };
  return {
    ...rest,
    ...(switchOption(input, "no-targets") ? {} : aimed),
    labels,
    ...when(textOption(input, "name"), (name) => ({ name })),
    ...when(textOption(input, "namespace"), (namespace) => ({ namespace })),
    ...when(textOption(input, "target-namespace"), (targetNamespace) => ({ targetNamespace })),
    ...when(textOption(input, "service-account"), (serviceAccount) => ({ serviceAccount })),
    ...when(given(input, "paused"), (paused) => ({ paused })),
    ...when(given(input, "keep-resources"), (keepResources) => ({ keepResources })),
    ...when(given(input, "delete-namespace"), (deleteNamespace) => ({ deleteNamespace })),
    ...when(given(input, "strict"), (strict) => ({ strict })),
    ...when(given(input, "imagescan-enabled"), (imageScansEnabled) => ({ imageScansEnabled })),
    ...when(generation(input), (forceSyncGeneration) => ({ forceSyncGeneration })),
    ...correctDrift(input, base),
  };
}

function ownOptions(gitRepo: GitRepo): BundleOptions {
  const { labels: { [repoNameLabel]: _name, ...labels } = {}, ...options } = bundleOptionsOf(gitRepo);
  const own = gitRepo.metadata.labels?.[repoNameLabel];
  return {
    ...options,
    namespace: gitRepo.metadata.namespace ?? "fleet-default",
    labels: own === undefined ? labels : { ...labels, [repoNameLabel]: own },
  };
}

function targetsOf(
  input: CommandInput,
  cwd: string,
): Pick<BundleOptions, "targets" | "targetRestrictions"> | undefined {
  const file = textOption(input, "targets-file");
  if (file === undefined) return undefined;
  const { targets, targetRestrictions } = readInputDocument(targetsFileSchema, resolve(cwd, file), "targets file");
  return {
    ...when(targets, (targets) => ({ targets })),
    ...when(targetRestrictions, (targetRestrictions) => ({ targetRestrictions })),
  };
}

function correctDrift(input: CommandInput, base: BundleOptions): Pick<BundleOptions, "correctDrift"> {
  const flags = {
    ...when(given(input, "correct-drift"), (enabled) => ({ enabled })),
    ...when(given(input, "correct-drift-force"), (force) => ({ force })),
    ...when(given(input, "correct-drift-keep-fail-history"), (keepFailHistory) => ({ keepFailHistory })),
  };
  return Object.keys(flags).length === 0 ? {} : { correctDrift: { ...base.correctDrift, ...flags } };
}

function generation(input: CommandInput): number | undefined {
  const text = textOption(input, "sync-generation");
  if (text === undefined) return undefined;
  if (!/^-?\d+$/u.test(text)) throw new UsageError(`--sync-generation takes a whole number, not ${text}`);
  return Number(text);
}

/** `--label a=b,c=d` as `fleet apply` takes it. */
function givenLabels(input: CommandInput): Record<string, string> {
  const words = listOption(input, "label").flatMap((list) => (list === "" ? [] : list.split(",")));
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf("=");
      if (equals <= 0) throw new UsageError(`${word} is no label: write --label KEY=VALUE`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}

function given(input: CommandInput, name: string): true | undefined {
  return switchOption(input, name) ? true : undefined;
}

/** The fields that a value gives, none without it. */
function when<V, R extends object>(value: V | undefined, make: (value: V) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}
