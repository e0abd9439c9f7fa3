import type { BundleDeploymentView } from "../api/bundle-deployments.ts";
import {
  bundleResource,
  clusterResource,
  gitRepoResource,
  groupResource,
  type Hub,
  type Workspace,
} from "../desired/hub.ts";
import type { ClusterClass } from "../desired/fleet.ts";
import type { ResourceKey } from "../../apiserver/storage/object-store.ts";
import type { ObjectTable } from "../store/object-table.ts";

/** What announcing works with. */
export interface AnnounceDeps {
  readonly hub: Hub;
  readonly objects: ObjectTable;
  readonly bundleDeployments: BundleDeploymentView;
  readonly onFault: (error: unknown) => void;
}

/** Tells watchers that computed statuses may have changed, many changes at once. */
export interface StatusAnnouncer {
  /** A cluster reported: these bundles (`<workspace>/<name>`) may look different. */
  reported(workspace: Workspace, cluster: string, bundles: readonly string[]): void;
  /** Bundles, clusters or their classes changed. */
  changed(change: {
    readonly workspace: Workspace;
    readonly affected: ReadonlySet<ClusterClass>;
    readonly bundles: Iterable<string>;
    readonly clusters: Iterable<string>;
  }): void;
  gitRepo(namespace: string, name: string): void;
  /** Announces what is waiting and ends. */
  close(): Promise<void>;
}

interface Marks {
  readonly bundles: Set<string>;
  readonly clusters: Set<string>;
  readonly classes: Set<ClusterClass>;
  readonly gitRepos: Set<string>;
}

/** Changes are gathered this long: a status moves through several states within it. */
const gatherMs = 50;
const sliceSize = 200;

/** Returns an announcer; where nobody watches it costs next to nothing. */
export function createStatusAnnouncer(deps: AnnounceDeps): StatusAnnouncer {
  const marked = new Map<string, Marks>();
  let timer: NodeJS.Timeout | undefined;
  let announcing: Promise<void> = Promise.resolve();

  function marksOf(namespace: string): Marks {
    const known = marked.get(namespace);
    if (known !== undefined) return known;
    const created: Marks = { bundles: new Set(), clusters: new Set(), classes: new Set(), gitRepos: new Set() };
    marked.set(namespace, created);
    timer ??= setTimeout(flush, gatherMs);
    return created;
  }
  function flush(): void {
    timer = undefined;
    const batch = [...marked];
    marked.clear();
    announcing = announceAfter(announcing, batch);
  }

  async function announceAfter(before: Promise<void>, batch: readonly [string, Marks][]): Promise<void> {
    await before;
    try {
      for (const [namespace, marks] of batch) await announce(deps, deps.hub.workspace(namespace), marks);
    } catch (error) {
      deps.onFault(error);
    }
  }

  return {
    reported: (workspace, cluster, bundles) => {
      const marks = marksOf(workspace.namespace);
      marks.clusters.add(cluster);
      for (const bundle of bundles) marks.bundles.add(bundle.slice(bundle.indexOf("/") + 1));
    },
    changed: ({ workspace, affected, bundles, clusters }) => {
      const marks = marksOf(workspace.namespace);
      for (const clusterClass of affected) marks.classes.add(clusterClass);
      for (const bundle of bundles) marks.bundles.add(bundle);
      for (const cluster of clusters) marks.clusters.add(cluster);
    },
    gitRepo: (namespace, name) => void marksOf(namespace).gitRepos.add(name),
    close: async () => {
      clearTimeout(timer);
      flush();
      await announcing;
    },
  };
}

async function announce(
  { objects, bundleDeployments }: AnnounceDeps,
  workspace: Workspace,
  marks: Marks,
): Promise<void> {
  const { namespace } = workspace;
  const keys = (names: Iterable<string>): { namespace: string; name: string }[] =>
    [...names].map((name) => ({ namespace, name }));
  const clusters = (): Set<string> =>
    new Set([...marks.clusters, ...[...marks.classes].flatMap(({ members }) => [...members])]);
  const bundles = (): Set<string> =>
    new Set([...marks.bundles, ...[...marks.classes].flatMap(({ outcomes }) => [...outcomes.keys()])]);
  const gitRepos = (): Set<string> =>
    new Set([...marks.gitRepos, ...[...bundles()].flatMap((bundle) => workspace.bundles.get(bundle)?.gitRepo ?? [])]);
  await objects.touch(bundleResource, () => keys(bundles()));
  await objects.touch(gitRepoResource, () => keys(gitRepos()));
  await touchMany(objects, clusterResource, () => keys(clusters()));
  await objects.touch(groupResource, () => keys(workspace.status.partition.groups.map(({ name }) => name)));
  await bundleDeployments.changed(workspace, clusters);
}

/** Writers wait while objects are touched, so a class of many clusters is touched a slice at a time. */
async function touchMany(
  objects: ObjectTable,
  resource: ResourceKey,
  keys: () => readonly { namespace: string; name: string }[],
): Promise<void> {
  if (!objects.isWatched(resource)) return objects.touch(resource, () => []);
  const all = keys();
  for (let start = 0; start < all.length; start += sliceSize)
    await objects.touch(resource, () => all.slice(start, start + sliceSize));
}
