import { describe, expect, it } from "vitest";
import { until } from "../../support/e2e-chain.ts";
import { havePostgres } from "../../support/postgres.ts";
import { aBundle, registerAgent, startHub } from "./hub-rig.ts";

const engines = ["sqlite" as const, ...(havePostgres() ? ["postgres" as const] : [])];

describe.each(engines)("what rendering warned of, on %s", (engine) => {
  it("is in the status of a ready deployment, also after a restart, until the agent says so no more", async () => {
    await using hub = await startHub(engine);
    await hub.apply(aBundle("warned"));
    const agent = await registerAgent(hub, "c1");
    const [deployment] = (await agent.document()).deployments;
    if (deployment === undefined) throw new Error("the agent got nothing");
    const { bundle, deploymentId: appliedDeploymentId } = deployment;
    const ready = { bundle, state: "Ready" as const, appliedDeploymentId };
    const shown = async (field: string): Promise<string> => {
      const path = `jsonpath={.items[*].status${field}}`;
      return (await hub.kubectl(["get", "bundledeployments", "--all-namespaces", "--output", path])).stdout;
    };
    await agent.checkIn({ full: true, statuses: [{ ...ready, warnings: ["lookup of v1 Secret a/b finds nothing"] }] });
    await until("the warning is shown", async () => (await shown(".detail.warnings[0]")).includes("finds nothing"));
    expect(await shown(".display.state")).toBe("Ready");
    await hub.stop();
    await hub.start();
    expect(await shown(".detail.warnings[0]")).toBe("lookup of v1 Secret a/b finds nothing");
    await agent.checkIn({ statuses: [ready] });
    await until("the warning is gone", async () => (await shown(".detail.warnings[0]")) === "");
  });
});
