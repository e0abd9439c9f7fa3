import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { createServerPair, type ServerPair, type Step } from "./server-pair.ts";

const configMaps = "/api/v1/namespaces/NS/configmaps";
const merge = "application/merge-patch+json";
const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
const partial = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
const seconds = 4;

function create(name: string, labels: Readonly<Record<string, string>>): Step {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: { x: "1" } };
  return { name, path: configMaps, method: "POST", body };
}

function label(name: string, labels: Readonly<Record<string, string | null>>): Step {
  return { name, path: `${configMaps}/${name}`, method: "PATCH", contentType: merge, body: { metadata: { labels } } };
}

function remove(name: string): Step {
  return { name, path: `${configMaps}/${name}`, method: "DELETE" };
}

/** What happens while the watches below are open. */
const changes: readonly Step[] = [
  create("b", { app: "web" }),
  label("a", { tier: "front" }),
  label("b", { app: "other" }),
  create("c", { app: "other" }),
  label("c", { app: "web" }),
  remove("a"),
  remove("c"),
];

/** Watches that begin before the changes; `VERSION` is the version of the list read before. */
const watches: readonly (Step & { readonly query: string })[] = [
  { name: "a selector is given", path: configMaps, query: "labelSelector=app%3Dweb&resourceVersion=VERSION" },
  { name: "one name is selected", path: configMaps, query: "fieldSelector=metadata.name%3Dc&resourceVersion=VERSION" },
  {
    name: "metadata is asked for",
    path: configMaps,
    query: "labelSelector=app&resourceVersion=VERSION",
    accept: partial,
  },
  { name: "tables are asked for", path: configMaps, query: "labelSelector=app&resourceVersion=VERSION", accept: table },
  { name: "no version is given", path: configMaps, query: "labelSelector=still" },
  { name: "version 0 is given", path: configMaps, query: "labelSelector=still&resourceVersion=0" },
  {
    name: "initial events are asked for",
    path: configMaps,
    query: "labelSelector=still&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
  },
];

describeWithKube("a watch of a simulated cluster and of a kube-apiserver", () => {
  let pair: ServerPair;

  beforeAll(async () => {
    pair = await createServerPair();
  });

  afterAll(async () => {
    await pair[Symbol.asyncDispose]();
  });

  it("sends the same events whatever is asked for", { timeout: 30_000 }, async () => {
    for (const step of [create("a", { app: "web" }), create("still", { still: "yes" })]) await pair.ask(step);
    const versions = await pair.listVersions(configMaps);
    const open = watches.map(async ({ query, path, ...step }) => {
      const answers = await pair.watch(
        { ...step, path: `${path}?watch=1&timeoutSeconds=${seconds}&${query}` },
        versions,
      );
      return { name: step.name, answers };
    });
    for (const step of changes) await pair.ask(step);
    for (const { name, answers } of await Promise.all(open)) {
      expect({ name, events: answers.simulated }).toEqual({ name, events: answers.real });
      expect(answers.real).not.toHaveLength(0);
    }
  });

  it("is refused alike when the version is no number", async () => {
    const path = `${configMaps}?watch=1&timeoutSeconds=1&resourceVersion=abc`;
    const { real, simulated } = await pair.ask({ name: "no number", path });
    expect(simulated).toEqual(real);
  });
});
