import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { describeWithKube } from "../../support/kube.ts";
import { createServerPair, type ServerPair } from "./server-pair.ts";

const discovery = z.object({
  body: z.object({
    items: z.array(
      z.object({
        metadata: z.object({ name: z.string().optional() }),
        versions: z.array(
          z.object({ version: z.string(), resources: z.array(z.looseObject({ resource: z.string() })) }),
        ),
      }),
    ),
  }),
});

/**
 * What a kube-apiserver has and a simulated cluster has not: conversions between versions, proxies into containers, and
 * what nothing here asks for. Subresources are given with the resource.
 */
const unserved = new Set([
  "v1/bindings",
  "v1/componentstatuses",
  "v1/nodes: proxy",
  "v1/pods: attach binding ephemeralcontainers exec log portforward proxy resize",
  "v1/services: proxy",
  "autoscaling/v1/horizontalpodautoscalers",
  "certificates.k8s.io/v1/certificatesigningrequests: approval",
  "events.k8s.io/v1/events",
]);

describeWithKube("discovery of a simulated cluster and of a kube-apiserver", () => {
  let pair: ServerPair;

  beforeAll(async () => {
    pair = await createServerPair();
  });

  afterAll(async () => {
    await pair[Symbol.asyncDispose]();
  });

  it.for(["/api", "/apis"])("describes every kind below %s alike, and says what it leaves out", async (path) => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    const answers = await pair.ask({ name: "discovery", path, accept });
    const real = resourcesOf(answers.real);
    const simulated = resourcesOf(answers.simulated);
    const shown = [...real.keys()].filter((name) => !unserved.has(name)).toSorted();
    expect([...simulated.keys()].toSorted()).toEqual(shown);
    for (const name of shown)
      expect({ name, ...simulated.get(name) }).toEqual({ name, ...withoutUnserved(name, real.get(name)) });
  });
});

type Entry = Readonly<Record<string, unknown>>;

function resourcesOf(answer: unknown): ReadonlyMap<string, Entry> {
  const entries = discovery.parse(answer).body.items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources.map((entry): [string, Entry] => {
        const group = metadata.name === undefined || metadata.name === "" ? "" : `${metadata.name}/`;
        return [`${group}${version}/${entry.resource}`, entry];
      }),
    ),
  );
  return new Map(entries.filter(([name]) => !name.includes("example.com")));
}

/** Leaves out the subresources that are not served. */
function withoutUnserved(name: string, entry: Entry | undefined): Entry {
  const line = [...unserved].find((text) => text.startsWith(`${name}: `));
  const left = line?.slice(name.length + 2).split(" ") ?? [];
  const { subresources, ...rest } = entry ?? {};
  if (!Array.isArray(subresources)) return rest;
  const kept = subresources.filter((subresource: Entry) => !left.includes(String(subresource["subresource"])));
  return kept.length === 0 ? rest : { ...rest, subresources: kept };
}
