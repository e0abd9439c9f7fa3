import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { discoverySteps } from "./discovery-steps.ts";
import { faultSteps } from "./fault-steps.ts";
import { kindSteps } from "./kind-steps.ts";
import { readSteps } from "./read-steps.ts";
import { createServerPair, type ServerPair, type Step } from "./server-pair.ts";
import { subresourceSteps } from "./subresource-steps.ts";
import { writeSteps } from "./write-steps.ts";

const scripts: Readonly<Record<string, readonly Step[]>> = {
  "writes of plain objects": writeSteps,
  "reads and lists": readSteps,
  "built-in kinds": kindSteps,
  subresources: subresourceSteps,
  "common mistakes": faultSteps,
  discovery: discoverySteps,
};

describeWithKube("a simulated cluster beside a kube-apiserver", () => {
  describe.for(Object.entries(scripts))("%s", ([, steps]) => {
    let pair: ServerPair;

    beforeAll(async () => {
      pair = await createServerPair();
    });

    afterAll(async () => {
      await pair[Symbol.asyncDispose]();
    });

    it.for(steps)("answers alike when $name", async (step) => {
      const { real, simulated } = await pair.ask(step);
      expect(simulated).toEqual(real);
    });
  });
});
