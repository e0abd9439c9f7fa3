import { approvedRemovalAnnotation } from "../../shared/api/annotations.ts";
import type { ChartSource } from "../../helm/chart/source/fetch-chart.ts";
import type { Bundle } from "../../shared/api/bundle.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import { type HubBudget, readRemovalBudget } from "../../shared/api/removal-budget.ts";
import { strictFault, warningLine } from "../../shared/bundle/strict.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { unmatchedWarnings } from "../../shared/bundle/build-bundles.ts";
import { bundleOptionsOf, commitLabel } from "../../shared/bundle/bundle-options.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import type { HubMetrics } from "../../shared/runtime/hub-metrics.ts";
import { takenNames } from "../build/bundle-names.ts";
import { chartAccessOf, type ChartSecrets } from "../build/chart-access.ts";
import { type ChartPin, createChartPins } from "../../shared/bundle/charts/chart-pins.ts";
import { createChartFetcher } from "../../shared/bundle/charts/fetch-charts.ts";
import { buildCommit } from "../build/build-commit.ts";
import type { BuildCache, BuildCounts, BuiltBundle, CommitBuild } from "../build/commit-build.ts";
import type { BundleContent } from "../build/bundle-content.ts";
import type { KustomizeRenderer } from "../../shared/runtime/kustomize/kustomize.ts";
import { emptiedBy } from "../desired/emptied-by.ts";
import { bundleResource, type Hub } from "../desired/hub.ts";
import type { Commit } from "../git/fetch-commit.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import type { CommitNotice } from "../git/notice-commit.ts";
import type { CommitTree } from "../git/read-tree.ts";
import type { BlobTable } from "../store/blob-table.ts";
import type { ObjectTable } from "../store/object-table.ts";
import { chartIntervalOf } from "./chart-secrets.ts";
import { type BuiltDirectory, type BundlePlan, newFault, type NewFault, planBundles } from "./plan-bundles.ts";
import { saveBundle } from "./save-bundle.ts";

/** A GitRepo, by workspace and name. */
export interface RepoKey {
  readonly namespace: string;
  readonly name: string;
}

/** A commit of a GitRepo that was noticed. */
export interface CommitToDeploy {
  readonly gitRepo: GitRepo;
  readonly remote: GitRemote;
  readonly notice: CommitNotice;
  /** What charts came to when this commit was built before; none are held to that for a commit that is new. */
  readonly charts?: readonly ChartPin[];
}

/** What came of a commit. */
export interface DeployedCommit {
  readonly faults: readonly NewFault[];
  readonly warnings: readonly string[];
  readonly charts: readonly ChartPin[];
  /** When the same commit is to be built again: a chart's version is a range, or something could not be fetched. */
  readonly againAfterMs?: number;
  /** What was done; tests assert on it, logs tell it. */
  readonly counters: BuildCounts & { readonly saved: number; readonly removed: number };
}

/** What deploying works with. */
export interface DeployCommitDeps {
  readonly hub: Hub;
  readonly objects: ObjectTable;
  readonly blobs: BlobTable;
  readonly fetchCommit: (remote: GitRemote, notice: CommitNotice, signal: AbortSignal) => Promise<Commit>;
  readonly openTree: (commit: Commit) => CommitTree;
  readonly kustomize: KustomizeRenderer | undefined;
  readonly charts: ChartSource;
  /** Reads the Secrets that a GitRepo names for charts. */
  readonly chartSecrets: (gitRepo: GitRepo) => Promise<ChartSecrets>;
  /** Milliseconds after which a chart's version range is looked up again where the GitRepo says nothing; 0: never. */
  readonly chartIntervalMs: number;
  /** Whether warnings are errors where the GitRepo says nothing. */
  readonly strict: boolean;
  /** How much a commit may take away where the GitRepo says nothing. */
  readonly removalBudget: HubBudget;
  readonly clock: Clock;
  readonly metrics: Pick<HubMetrics, "observeCommit">;
}

/** Brings commits into force. */
export interface CommitDeployer {
  /**
   * Fetches a commit, builds what changed, and saves its bundles in one transaction: clusters never see half a commit.
   * Throws what concerns the whole repository; faults of single directories are in the result.
   */
  deployCommit(wish: CommitToDeploy, signal: AbortSignal): Promise<DeployedCommit>;
  /** Fetches and builds a commit as `deployCommit` does, and saves nothing. */
  tryCommit(wish: CommitToDeploy, signal: AbortSignal): Promise<TriedCommit>;
  /** Removes all bundles of a GitRepo that somebody deleted. */
  removeRepo(key: RepoKey): Promise<void>;
  /** Forgets a GitRepo's last build: the next one builds every directory. */
  forget(key: RepoKey): void;
}

/** What a commit would bring into force. */
export interface TriedCommit {
  /** Bundles that would be saved, with their content, by name. */
  readonly bundles: ReadonlyMap<string, { readonly bundle: Bundle; readonly content: BundleContent }>;
  /** Names of the bundles that would be removed. */
  readonly remove: ReadonlySet<string>;
  readonly faults: readonly NewFault[];
  /** Contents that were built for it; the others are stored. */
  readonly blobs: CommitBuild["blobs"];
}

/** Returns a deployer, which remembers each GitRepo's last build so that unchanged directories cost nothing. */
export function createCommitDeployer(deps: DeployCommitDeps): CommitDeployer {
  const caches = new Map<string, BuildCache>();
  const build = async (
    { gitRepo, remote, notice, charts = [] }: CommitToDeploy,
    signal: AbortSignal,
  ): Promise<CommitBuild> => {
    const intervalMs = chartIntervalOf(gitRepo) ?? deps.chartIntervalMs;
    const nowMs = deps.clock.now();
    const commit = await deps.fetchCommit(remote, notice, signal);
    using tree = deps.openTree(commit);
    const cache = caches.get(keyOf(gitRepo));
    const { paths, bundles } = gitRepo.spec;
    return await buildCommit({
      tree,
      options: { strict: deps.strict, imageScansEnabled: true, ...bundleOptionsOf(gitRepo) },
      scan: { ...(paths === undefined ? {} : { paths }), ...(bundles === undefined ? {} : { bundles }) },
      ...(cache === undefined ? {} : { cache }),
      ...(deps.kustomize === undefined ? {} : { kustomize: deps.kustomize }),
      charts: createChartFetcher({
        source: deps.charts,
        access: async () => chartAccessOf(gitRepo, await deps.chartSecrets(gitRepo)),
        pins: createChartPins({ pins: charts, intervalMs, nowMs }),
        clock: deps.clock,
      }),
      signal,
    });
  };
  return {
    deployCommit: async (wish, signal) => {
      const beganMs = deps.clock.elapsed();
      const built = await build(wish, signal);
      const deployed = await save(deps, sourceOf(deps, wish), built);
      caches.set(keyOf(wish.gitRepo), built.cache);
      deps.metrics.observeCommit(deps.clock.elapsed() - beganMs);
      return deployed;
    },
    tryCommit: async (wish, signal) => {
      const built = await build(wish, signal);
      const { plan, rendered, faults } = outcomeOf(deps, sourceOf(deps, wish), built);
      const bundles = new Map<string, { readonly bundle: Bundle; readonly content: BundleContent }>();
      for (const { built: one, content } of rendered) {
        if (one.kind !== "bundle" || content instanceof AppError) continue;
        const name = one.bundle.metadata.name ?? "";
        if (plan.save.has(name)) bundles.set(name, { bundle: labelled(one.bundle, wish.notice.commit), content });
      }
      return { bundles, remove: new Set(plan.remove.map(({ name }) => name)), faults, blobs: built.blobs };
    },
    forget: ({ namespace, name }) => void caches.delete(`${namespace}/${name}`),
    removeRepo: async ({ namespace, name }) => {
      caches.delete(`${namespace}/${name}`);
      const owned = ownedBundles(deps.hub, { namespace, name });
      if (owned.length === 0) return;
      await deps.objects.write(async (writer) => {
        for (const bundle of owned) {
          await writer.remove(
            { resource: bundleResource, namespace, name: bundle },
            { because: `GitRepo ${name} deleted` },
          );
        }
      });
    },
  };
}

function ownedBundles(hub: Hub, { namespace, name }: RepoKey): string[] {
  return [...hub.workspace(namespace).bundles.values()]
    .filter(({ gitRepo }) => gitRepo === name)
    .map((bundle) => bundle.name);
}

function keyOf({ metadata }: GitRepo): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function labelled(bundle: Bundle, commit: string): Bundle {
  const { metadata } = bundle;
  return { ...bundle, metadata: { ...metadata, labels: { ...metadata.labels, [commitLabel]: commit } } };
}

interface CommitSource {
  readonly gitRepo: GitRepo;
  readonly commit: string;
  readonly strict: boolean;
}

function sourceOf(deps: DeployCommitDeps, { gitRepo, notice }: CommitToDeploy): CommitSource {
  const { strict } = { strict: deps.strict, ...bundleOptionsOf(gitRepo) };
  return { gitRepo, commit: notice.commit, strict };
}

interface CommitOutcome {
  readonly rendered: readonly {
    readonly built: CommitBuild["bundles"][number];
    readonly content: BundleContent | AppError;
  }[];
  readonly plan: BundlePlan;
  readonly faults: readonly NewFault[];
  readonly warnings: readonly BundleWarning[];
}

/** Returns what becomes of a GitRepo's bundles by a build of it. */
function outcomeOf(deps: DeployCommitDeps, source: CommitSource, build: CommitBuild): CommitOutcome {
  const { namespace = "", name = "", annotations } = source.gitRepo.metadata;
  const workspace = deps.hub.workspace(namespace);
  const rendered = build.bundles.map((built) => ({
    built,
    content: built.kind === "bundle" ? contentOfBuild(built) : built.error,
  }));
  const directories = rendered.map(({ built, content }): BuiltDirectory => ({
    kind: content instanceof AppError ? "failed" : "bundle",
    directory: built.dir.path,
    name: built.kind === "failed" ? built.name : (built.bundle.metadata.name ?? ""),
  }));
  const plan = planBundles({
    gitRepo: name,
    inForce: ownedBundles(deps.hub, { namespace, name }).map((bundle) => ({
      name: bundle,
      directory: workspace.bundles.get(bundle)?.directory ?? "",
    })),
    built: directories,
    ownerOf: (bundle) => {
      const held = workspace.bundles.get(bundle);
      return held === undefined ? undefined : (held.gitRepo ?? "");
    },
    approved: annotations?.[approvedRemovalAnnotation] === source.commit,
    incomplete: build.faults.length > 0,
    budget: { ...deps.removalBudget, ...readRemovalBudget(annotations) },
  });
  const failed = rendered.flatMap(({ built, content }) =>
    content instanceof AppError ? [newFault(content, built.dir.path)] : [],
  );
  const pathFaults = build.faults.map(({ error }) => newFault(error));
  const warnings = [...unmatchedWarnings(build.unmatched), ...build.warnings, ...takenNames(build)];
  const refused = source.strict ? strictFault(warnings) : undefined;
  const refusals = refused === undefined ? [] : [newFault(refused)];
  return { rendered, plan, warnings, faults: [...pathFaults, ...refusals, ...plan.faults, ...failed] };
}

async function save(deps: DeployCommitDeps, source: CommitSource, build: CommitBuild): Promise<DeployedCommit> {
  const { namespace = "" } = source.gitRepo.metadata;
  const workspace = deps.hub.workspace(namespace);
  const { rendered, plan, faults, warnings } = outcomeOf(deps, source, build);
  const changed = new Set(build.changed);
  const saved = await deps.objects.write(async (writer) => {
    await deps.blobs.save(writer.sql, [...build.blobs.values()]);
    let count = 0;
    for (const { built, content } of rendered) {
      if (built.kind !== "bundle" || content instanceof AppError || !plan.save.has(built.bundle.metadata.name ?? ""))
        continue;
      if (!changed.has(built) && workspace.bundles.has(built.bundle.metadata.name ?? "")) continue;
      const { commit } = source;
      const toSave = { built, content, commit, emptiedBy: emptiedBy(workspace, built.bundle, commit) };
      count += await saveBundle(writer, toSave, deps.clock);
    }
    for (const gone of plan.remove)
      await writer.remove(
        { resource: bundleResource, namespace, name: gone.name },
        { because: `commit ${source.commit}` },
      );
    return count;
  });
  return {
    faults,
    warnings: [...warnings, ...build.bundles.flatMap(({ warnings }) => warnings)].map(warningLine),
    charts: build.charts,
    ...(build.againAfterMs === undefined ? {} : { againAfterMs: build.againAfterMs }),
    counters: { ...build.counts, saved, removed: plan.remove.length },
  };
}

/** A bundle of which one variant cannot be rendered stays as it was: half of it would be worse. */
function contentOfBuild({ contents }: BuiltBundle): BundleContent | AppError {
  const kustomize: Record<string, string> = {};
  for (const [directory, made] of Object.entries(contents.kustomize)) {
    if ("error" in made) return made.error;
    kustomize[directory] = made.digest;
  }
  const { charts, fetchedChart, kustomizations } = contents.style;
  return {
    files: contents.files,
    style: { charts: [...charts], fetchedChart, kustomizations: [...kustomizations] },
    kustomize,
  };
}
