import { describe, expect, it } from "vitest";
import type { FleetDeployment, MigratingCluster } from "../../../../cli/import/migration-state.ts";
import { firstEarlierStep, planMigration } from "../../../../cli/import/plan-migration.ts";

function aDeployment(more: Partial<FleetDeployment> = {}): FleetDeployment {
  const kept = { keepResources: true, observed: true, paused: false };
  return { id: "team/config-web", gitRepo: "team/config", release: "shop/web", ...kept, ...more };
}

function aCluster(more: Partial<MigratingCluster> = {}): MigratingCluster {
  const before = { agent: "running", stopped: undefined, adopted: undefined, releasesRemoved: false } as const;
  return { workspace: "team", name: "prod", deployments: [aDeployment()], others: [], ...before, ...more };
}

const adopted = {
  time: "2026-11-23T20:00:00.000Z",
  deployments: ["team/config-web"],
  gitRepos: ["team/config"],
  releases: { "shop/web": ["1"] },
};
const stopped = { time: "2026-11-23T19:00:00.000Z", replicas: {}, deployments: ["team/config-web"] };
const gitRepos = [{ id: "team/config", keepResources: true }];

function planOf(cluster: Partial<MigratingCluster>, repos = gitRepos) {
  const [plan] = planMigration({ gitRepos: repos, clusters: [aCluster(cluster)] }).clusters;
  return { next: plan?.next?.step, missing: plan?.next?.missing ?? [], plan };
}

describe("the order of a migration", () => {
  it.each([
    ["begins with keep", { deployments: [aDeployment({ keepResources: false })] }, "keep"],
    ["waits until Fleet's agent has applied it", { deployments: [aDeployment({ observed: false })] }, "keep"],
    ["goes on to stopping the agent", {}, "stop-agent"],
    ["does not trust an agent that nobody asked", { agent: "unknown" }, "stop-agent"],
    ["wants an agent that a person stopped to be stopped by the step", { agent: "stopped" }, "stop-agent"],
    ["goes on to adopting", { agent: "stopped", stopped }, "adopt"],
    ["takes an earlier stop as evidence when nobody asks", { agent: "unknown", stopped }, "adopt"],
    ["does not when the agent was asked and runs again", { agent: "running", stopped }, "stop-agent"],
    ["goes on to deleting GitRepos", { agent: "stopped", stopped, adopted }, "delete-gitrepos"],
  ] as const)("%s", (_name, cluster, next) => {
    expect(planOf(cluster).next).toBe(next);
  });

  it("names what is missing, one line for each deployment, and the command", () => {
    const deployments = [
      aDeployment({ keepResources: false }),
      aDeployment({ id: "team/config-db", keepResources: false, paused: true }),
      aDeployment({ id: "team/config-new", observed: false }),
    ];
    const { missing, plan } = planOf({ deployments }, [{ id: "team/config", keepResources: false }]);
    expect(missing).toEqual([
      "GitRepo team/config has no keepResources",
      "team/config-web: keepResources is not deployed yet",
      "team/config-db: keepResources is not deployed, as it is paused in Fleet: unpause its GitRepo, Bundle and Cluster",
      "team/config-new: not applied by Fleet's agent yet",
    ]);
    expect(plan?.next?.command).toBe("drover import fleet keep");
    expect(plan?.steps[2]?.command).toBe("drover import fleet adopt --cluster team/prod --cluster-kubeconfig FILE");
  });

  it("does not ask a stopped agent to apply a commit that came later", () => {
    const deployments = [
      aDeployment({ observed: false }),
      aDeployment({ id: "team/new", observed: false, release: "" }),
    ];
    expect(planOf({ agent: "stopped", stopped, deployments }).next).toBe("adopt");
  });

  it("does not believe what a stopped agent never applied with keepResources", () => {
    const deployments = [aDeployment(), aDeployment({ id: "team/late", observed: false })];
    const { plan } = planOf({ agent: "stopped", stopped, deployments });
    expect(plan?.next).toMatchObject({
      step: "keep",
      missing: ["team/late: not applied by Fleet's agent yet, which must run for that"],
    });
  });

  it("adopts again what Fleet applied after the adoption, and forgets what it never applied", () => {
    const later = aDeployment({ id: "team/config-later" });
    expect(planOf({ agent: "stopped", stopped, adopted, deployments: [later] }).missing).toEqual([
      "team/config-later came after the adoption",
    ]);
    const never = aDeployment({ id: "team/config-never", release: "" });
    expect(planOf({ agent: "stopped", stopped, adopted, deployments: [never] }).next).toBe("delete-gitrepos");
  });

  it("removes releases only when Fleet has neither the GitRepos nor deployments of them", () => {
    const state = { agent: "stopped", stopped, adopted, deployments: [] } as const;
    expect(planOf(state).missing).toEqual(["GitRepo team/config is still in Fleet"]);
    expect(planOf({ ...state, deployments: [aDeployment()] }, []).next).toBe("delete-gitrepos");
    expect(planOf(state, []).missing).toEqual(["release shop/web is still recorded"]);
  });

  it("is done when releases are removed everywhere and no GitRepo is left", () => {
    const done = aCluster({ agent: "stopped", stopped, adopted, deployments: [], releasesRemoved: true });
    expect(planMigration({ gitRepos: [], clusters: [done] }).done).toBe(true);
    expect(planMigration({ gitRepos, clusters: [done] }).done).toBe(false);
    expect(planMigration({ gitRepos: [], clusters: [done, aCluster({ name: "other" })] }).done).toBe(false);
  });

  it("leaves clusters out that no GitRepo reaches", () => {
    expect(planMigration({ gitRepos, clusters: [aCluster({ deployments: [] })] }).clusters).toEqual([]);
  });

  it("never lets a step come before the ones ahead of it", () => {
    const { plan } = planOf({ deployments: [aDeployment({ observed: false })] });
    if (plan === undefined) throw new Error("the cluster has a plan");
    expect(firstEarlierStep(plan, "keep")).toBeUndefined();
    for (const step of ["stop-agent", "adopt", "delete-gitrepos", "remove-releases"] as const)
      expect(firstEarlierStep(plan, step)?.step).toBe("keep");
  });
});
