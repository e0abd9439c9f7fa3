import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { customSteps, widgetDefinition, widgetDefinitionPath } from "./custom-steps.ts";
import { createServerPair, type Answers, type ServerPair } from "./server-pair.ts";

describeWithKube("a kind of one's own in a simulated cluster and in a kube-apiserver", () => {
  let pair: ServerPair;

  beforeAll(async () => {
    pair = await createServerPair();
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    await pair.ask({ name: "definition", path, method: "POST", body: widgetDefinition });
    await vi.waitFor(async () => {
      const answers = await pair.ask({ name: "established", path: widgetDefinitionPath });
      if (![answers.real, answers.simulated].every(isEstablished)) throw new Error("the kind is not established");
    }, 20_000);
    // A real server says that a kind is established a moment before it serves it.
    const list = { name: "served", path: "/apis/NS.example.com/v1/namespaces/NS/widgets" };
    await vi.waitFor(async () => {
      const { real } = await pair.ask(list);
      if (!isServed(real)) throw new Error("the kind is not served");
    }, 20_000);
  });

  afterAll(async () => {
    await pair.ask({ name: "clean up", path: widgetDefinitionPath, method: "DELETE" });
    await pair[Symbol.asyncDispose]();
  });

  it.for(customSteps)("answers alike when $name", async (step) => {
    const { real, simulated } = await pair.ask(step);
    expect(simulated).toEqual(real);
  });
});

function isEstablished(answer: Answers["real"]): boolean {
  return /"status":"True","type":"Established"/.test(JSON.stringify(answer));
}

function isServed(answer: Answers["real"]): boolean {
  return JSON.stringify(answer).includes('"kind":"WidgetList"');
}
