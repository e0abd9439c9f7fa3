import type { ApiObject } from "../apiserver/resources/api-object.ts";
import type { ResourceKey } from "../apiserver/storage/object-store.ts";
import type { Clock } from "../shared/clock.ts";
import { bundleResource, clusterResource, gitRepoResource, groupResource, type Hub } from "./desired/hub.ts";
import type { RepoKey } from "./controllers/deploy-commit.ts";
import type { Database } from "./store/database.ts";
import type { ObjectTable } from "./store/object-table.ts";
import { readRemovedBundles } from "./store/removed-bundles.ts";
import type { ReportTable } from "./store/report-table.ts";

/** What loading works with. */
export interface LoadHubDeps {
  readonly db: Database;
  readonly objects: ObjectTable;
  readonly reports: ReportTable;
  readonly hub: Hub;
  readonly clock: Clock;
}

/** Fills the hub's memory with what is stored and returns the stored GitRepos. Agents get a fresh chance to be heard of. */
export async function loadHub({ db, objects, reports, hub, clock }: LoadHubDeps): Promise<RepoKey[]> {
  const load = async (resource: ResourceKey): Promise<readonly ApiObject[]> => (await objects.list({ resource })).items;
  hub.loadRemoved(await readRemovedBundles(db));
  for (const resource of [groupResource, bundleResource, clusterResource, gitRepoResource]) {
    const items = await load(resource);
    hub.apply(
      items.map((object) => ({
        type: "created",
        object,
        key: { resource, namespace: object.metadata.namespace ?? "", name: object.metadata.name ?? "" },
      })),
    );
  }
  const bodies = await reports.readReports();
  for (const { namespace, name, state } of await reports.readStates()) {
    const { reportDigest, exceptions, agent } = state;
    const byBundle = new Map(exceptions.map((status) => [status.bundle, status]));
    const at = { seenMs: clock.now(), heardMs: clock.elapsed() };
    const said = { reportDigest, exceptions: byBundle, agent, ...at, online: true };
    hub.workspace(namespace).status.report(name, said, bodies.get(reportDigest) ?? []);
  }
  const repos = await load(gitRepoResource);
  return repos.map(({ metadata }) => ({ namespace: metadata.namespace ?? "", name: metadata.name ?? "" }));
}
