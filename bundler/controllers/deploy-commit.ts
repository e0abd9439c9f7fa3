import { randomUUID } from "node:crypto";
import { jsonEqual } from "../../apiserver/resources/json-fields.ts";
import { type ApiObject, isApiObject } from "../../apiserver/resources/api-object.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { approvedRemovalAnnotation, contentAnnotation, directoryAnnotation } from "../../shared/api/annotations.ts";
import type { ChartSource } from "../../helm/chart/source/fetch-chart.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { strictFault, warningLine } from "../../shared/bundle/strict.ts";
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
import { bundleResource, type Hub } from "../desired/hub.ts";
import type { Commit } from "../git/fetch-commit.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import type { CommitNotice } from "../git/notice-commit.ts";
import type { CommitTree } from "../git/read-tree.ts";
import type { BlobTable } from "../store/blob-table.ts";
import type { ObjectTable, ObjectWriter } from "../store/object-table.ts";
import { chartIntervalOf } from "./chart-secrets.ts";
import { type BuiltDirectory, newFault, type NewFault, planBundles } from "./plan-bundles.ts";

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
  /** Removes all bundles of a GitRepo that somebody deleted. */
  removeRepo(key: RepoKey): Promise<void>;
}

/** Returns a deployer, which remembers each GitRepo's last build so that unchanged directories cost nothing. */
export function createCommitDeployer(deps: DeployCommitDeps): CommitDeployer {
  const caches = new Map<string, BuildCache>();
  return {
    deployCommit: async ({ gitRepo, remote, notice, charts = [] }, signal) => {
      const key = `${gitRepo.metadata.namespace ?? ""}/${gitRepo.metadata.name ?? ""}`;
      const beganMs = deps.clock.now();
      const intervalMs = chartIntervalOf(gitRepo) ?? deps.chartIntervalMs;
      const commit = await deps.fetchCommit(remote, notice, signal);
      using tree = deps.openTree(commit);
      const cache = caches.get(key);
      const { paths, bundles } = gitRepo.spec;
      const options = { strict: deps.strict, ...bundleOptionsOf(gitRepo) };
      const build = await buildCommit({
        tree,
        options,
        scan: { ...(paths === undefined ? {} : { paths }), ...(bundles === undefined ? {} : { bundles }) },
        ...(cache === undefined ? {} : { cache }),
        ...(deps.kustomize === undefined ? {} : { kustomize: deps.kustomize }),
        charts: createChartFetcher({
          source: deps.charts,
          access: async () => chartAccessOf(gitRepo, await deps.chartSecrets(gitRepo)),
          pins: createChartPins({ pins: charts, intervalMs, nowMs: beganMs }),
          clock: deps.clock,
        }),
        signal,
      });
      const deployed = await save(deps, { gitRepo, commit: notice.commit, strict: options.strict }, build);
      caches.set(key, build.cache);
      deps.metrics.observeCommit(deps.clock.now() - beganMs);
      return deployed;
    },
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

async function save(
  deps: DeployCommitDeps,
  source: { readonly gitRepo: GitRepo; readonly commit: string; readonly strict: boolean },
  build: CommitBuild,
): Promise<DeployedCommit> {
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
  });
  const changed = new Set(build.changed);
  const saved = await deps.objects.write(async (writer) => {
    for (const blob of build.blobs.values())
      await deps.blobs.save(writer.sql, { digest: blob.digest, size: blob.size, data: blob.compress() });
    let count = 0;
    for (const { built, content } of rendered) {
      if (built.kind !== "bundle" || content instanceof AppError || !plan.save.has(built.bundle.metadata.name ?? ""))
        continue;
      if (!changed.has(built) && workspace.bundles.has(built.bundle.metadata.name ?? "")) continue;
      count += await saveBundle(writer, { built, content, commit: source.commit }, deps.clock);
    }
    for (const gone of plan.remove)
      await writer.remove(
        { resource: bundleResource, namespace, name: gone.name },
        { because: `commit ${source.commit}` },
      );
    return count;
  });
  const faults = rendered.flatMap(({ built, content }) =>
    content instanceof AppError ? [newFault(content, built.dir.path)] : [],
  );
  const pathFaults = build.faults.map(({ error }) => newFault(error));
  const ownWarnings = [...unmatchedWarnings(build.unmatched), ...takenNames(build)];
  const refused = source.strict ? strictFault(ownWarnings) : undefined;
  return {
    faults: [...pathFaults, ...(refused === undefined ? [] : [newFault(refused)]), ...plan.faults, ...faults],
    warnings: [...ownWarnings, ...build.bundles.flatMap(({ warnings }) => warnings)].map(warningLine),
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

interface BundleToSave {
  readonly built: BuiltBundle;
  readonly content: BundleContent;
  readonly commit: string;
}

/** Writes a bundle unless it is stored like this already; the commit label changes only with the rest. Returns 0 or 1. */
async function saveBundle(
  writer: ObjectWriter,
  { built, content, commit }: BundleToSave,
  clock: Clock,
): Promise<number> {
  const { metadata, spec } = built.bundle;
  const key = { resource: bundleResource, namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
  const existing = await writer.read(key);
  const annotations = {
    ...metadata.annotations,
    [contentAnnotation]: JSON.stringify(content),
    [directoryAnnotation]: built.dir.path,
  };
  const before = existing?.metadata.labels?.[commitLabel];
  const wanted = (commitOfIt: string, generation: number): ApiObject => {
    const object: unknown = {
      apiVersion: fleetApiVersion,
      kind: "Bundle",
      metadata: {
        name: key.name,
        namespace: key.namespace,
        uid: existing?.metadata.uid ?? randomUUID(),
        creationTimestamp: existing?.metadata.creationTimestamp ?? metaTime(clock.now()),
        generation,
        labels: { ...metadata.labels, [commitLabel]: commitOfIt },
        annotations,
      },
      spec,
    };
    const plain = parseJson(printJson(object));
    if (!isApiObject(plain)) throw new AppError("INTERNAL", `bundle ${key.name} is no object`);
    return plain;
  };
  const generation = existing?.metadata.generation ?? 1;
  if (existing !== undefined && before !== undefined && sameBundle(wanted(before, generation), existing)) return 0;
  if (existing === undefined) await writer.create(key, wanted(commit, 1));
  else await writer.update(key, wanted(commit, generation + 1));
  return 1;
}

function sameBundle(wanted: ApiObject, existing: ApiObject): boolean {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = existing.metadata;
  return jsonEqual(wanted, { ...existing, metadata });
}
