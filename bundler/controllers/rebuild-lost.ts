import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import type { Hub } from "../desired/hub.ts";
import type { CommitDeployer } from "./deploy-commit.ts";
import type { GitRepoController } from "./git-repo-controller.ts";

/** What building anew works with. */
export interface RebuildLostDeps {
  readonly hub: Hub;
  readonly deployer: Pick<CommitDeployer, "forget">;
  readonly gitRepos: Pick<GitRepoController, "rebuild">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Every agent asks again until it has its content: they start one build in this time. */
const pauseMs = 60_000;

/**
 * Returns what is to be called when a cluster's document names a content that is not stored, or cannot be read: the
 * bundle's GitRepo is built from nothing, which stores it again. A Bundle made by hand must be applied again.
 */
export function rebuildLost(deps: RebuildLostDeps): (namespace: string, bundle: string) => void {
  const builtMs = new Map<string, number>();
  return (namespace, bundle) => {
    const name = deps.hub.workspace(namespace).bundles.get(bundle)?.gitRepo;
    const source = name === undefined ? `${namespace}/${bundle}` : `${namespace}/${name}`;
    const nowMs = deps.clock.elapsed();
    if (nowMs - (builtMs.get(source) ?? -pauseMs) < pauseMs) return;
    builtMs.set(source, nowMs);
    if (name === undefined) {
      deps.log.error({ namespace, bundle }, "content lost: apply the bundle again");
      return;
    }
    deps.log.error({ namespace, bundle, gitRepo: name }, "content lost: its gitrepo is built again");
    deps.deployer.forget({ namespace, name });
    deps.gitRepos.rebuild({ namespace, name });
  };
}
