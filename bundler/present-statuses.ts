import { repoNameLabel } from "../shared/bundle/bundle-options.ts";
import type { Clock } from "../shared/clock.ts";
import { chartStatus } from "./api/chart-status.ts";
import { bundleStatus, clusterGroupStatus, clusterStatus, gitRepoStatus } from "./api/status-views.ts";
import type { GitRepoController } from "./controllers/git-repo-controller.ts";
import { bundleResource, clusterResource, gitRepoResource, groupResource, type Hub } from "./desired/hub.ts";
import type { ObjectTable } from "./store/object-table.ts";

/** What statuses are computed from. */
export interface PresentStatusesDeps {
  readonly objects: ObjectTable;
  readonly hub: Hub;
  readonly gitRepos: GitRepoController;
  readonly clock: Clock;
}

/** Says how the hub's kinds are shown: each with its computed status. */
export function presentStatuses({ objects, hub, gitRepos, clock }: PresentStatusesDeps): void {
  objects.present(gitRepoResource, (object) => {
    const { namespace = "", name = "" } = object.metadata;
    return gitRepoStatus(hub.workspace(namespace), object, {
      state: gitRepos.stateOf(namespace, name),
      nowMs: clock.now(),
      unbuilt: gitRepos.unbuilt(namespace),
    });
  });
  objects.present(bundleResource, (object) => {
    const { namespace = "", labels = {} } = object.metadata;
    const charts = chartStatus(object, gitRepos.stateOf(namespace, labels[repoNameLabel] ?? ""));
    return { ...bundleStatus(hub.workspace(namespace), object), ...charts };
  });
  objects.present(clusterResource, (object) => clusterStatus(hub.workspace(object.metadata.namespace ?? ""), object));
  objects.present(groupResource, (object) =>
    clusterGroupStatus(hub.workspace(object.metadata.namespace ?? ""), object),
  );
}
