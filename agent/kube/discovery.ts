import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { apiVersionOf, groupOf, type ApiResource } from "./api-resource.ts";
import type { KubeClient } from "./kube-client.ts";

/** What the API server serves, as read last. */
export interface Discovery {
  /** Returns how a kind is served, reading discovery anew when it is unknown; undefined when it is not served. */
  resolve(apiVersion: string, kind: string): Promise<ApiResource | undefined>;
  /** The same for a group and kind in whatever version the server prefers: inventories outlive versions. */
  resolveKind(group: string, kind: string): Promise<ApiResource | undefined>;
  /** Returns what the last reading says, without asking. */
  known(apiVersion: string, kind: string): ApiResource | undefined;
  /** Returns every kind of the last reading. */
  all(): Iterable<ApiResource>;
  /** Returns every `group/version` and `group/version/Kind` served, as Helm's `Capabilities.APIVersions` has them. */
  apiVersions(): Promise<readonly string[]>;
  /** Returns the server's version, as `v1.36.3`. */
  kubeVersion(): Promise<string>;
  /** Makes the next question read anew: a definition was added or removed. */
  invalidate(): void;
}

interface Reading {
  readonly byVersion: Map<string, ApiResource>;
  readonly byKind: Map<string, ApiResource>;
  readonly atMs: number;
}

const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/** Unknown kinds do not make the agent ask more often than this. */
const minIntervalMs = 1000;

/** Returns a discovery that asks on first use and remembers. */
export function createDiscovery(client: KubeClient): Discovery {
  let reading: Promise<Reading> | undefined;
  let latest: Reading | undefined;
  let version: string | undefined;

  function read(): Promise<Reading> {
    reading ??= readAll(client).then(
      (fresh) => (latest = fresh),
      (error: unknown) => {
        reading = undefined;
        throw error;
      },
    );
    return reading;
  }

  async function find(pick: (from: Reading) => ApiResource | undefined): Promise<ApiResource | undefined> {
    const first = await read();
    const found = pick(first);
    if (found !== undefined || performance.now() - first.atMs < minIntervalMs) return found;
    if (latest === first) reading = undefined;
    return pick(await read());
  }

  return {
    resolve: (apiVersion, kind) => find((from) => from.byVersion.get(`${apiVersion}/${kind}`)),
    resolveKind: (group, kind) => find((from) => from.byKind.get(`${group}/${kind}`)),
    known: (apiVersion, kind) => latest?.byVersion.get(`${apiVersion}/${kind}`),
    all: () => latest?.byVersion.values() ?? [],
    apiVersions: async () => {
      const kinds = [...(await read()).byVersion.keys()];
      return [...new Set(kinds.map((key) => key.slice(0, key.lastIndexOf("/")))), ...kinds];
    },
    kubeVersion: async () => {
      if (version !== undefined) return version;
      const answer = await client.raw({ method: "GET", path: "/version" });
      const text = isJsonObject(answer) ? answer["gitVersion"] : undefined;
      version = typeof text === "string" ? text : "v0.0.0";
      return version;
    },
    invalidate: () => {
      reading = undefined;
    },
  };
}

async function readAll(client: KubeClient): Promise<Reading> {
  const roots = await Promise.all([readRoot(client, "/api"), readRoot(client, "/apis")]);
  const resources = roots.flat();
  const byVersion = new Map(resources.map((item) => [`${apiVersionOf(item)}/${item.kind}`, item]));
  const byKind = new Map<string, ApiResource>();
  // Versions come in the server's order of preference: the first one wins.
  for (const item of resources)
    if (!byKind.has(`${item.group}/${item.kind}`)) byKind.set(`${item.group}/${item.kind}`, item);
  return { byVersion, byKind, atMs: performance.now() };
}

async function readRoot(client: KubeClient, path: string): Promise<ApiResource[]> {
  const answer = await client.raw({ method: "GET", path, accept: aggregated });
  if (!isJsonObject(answer)) return [];
  if (answer["kind"] === "APIGroupDiscoveryList") return objects(answer["items"]).flatMap(fromAggregated);
  const versions = path === "/api" ? texts(answer["versions"]) : objects(answer["groups"]).flatMap(groupVersions);
  const lists = await Promise.all(versions.map((version) => readList(client, `${path}/${version}`, version)));
  return lists.flat();
}

function fromAggregated(group: JsonObject): ApiResource[] {
  const name = text(isJsonObject(group["metadata"]) ? group["metadata"]["name"] : "");
  return objects(group["versions"]).flatMap((version) =>
    objects(version["resources"]).map((item) => ({
      group: name,
      version: text(version["version"]),
      kind: text(isJsonObject(item["responseKind"]) ? item["responseKind"]["kind"] : ""),
      plural: text(item["resource"]),
      namespaced: item["scope"] === "Namespaced",
    })),
  );
}

function groupVersions(group: JsonObject): string[] {
  const preferred = isJsonObject(group["preferredVersion"]) ? text(group["preferredVersion"]["groupVersion"]) : "";
  const all = objects(group["versions"]).map((version) => text(version["groupVersion"]));
  return [...new Set([preferred, ...all])].filter((version) => version !== "");
}

/** Reads one version the old way; a version whose server is away (an APIService) is left out, as kubectl does. */
async function readList(client: KubeClient, path: string, version: string): Promise<ApiResource[]> {
  const answer = await client.raw({ method: "GET", path }).catch(() => undefined);
  if (!isJsonObject(answer)) return [];
  return objects(answer["resources"])
    .filter((item) => !text(item["name"]).includes("/"))
    .map((item) => ({
      group: groupOf(version),
      version: version.slice(version.indexOf("/") + 1),
      kind: text(item["kind"]),
      plural: text(item["name"]),
      namespaced: item["namespaced"] === true,
    }));
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function texts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
