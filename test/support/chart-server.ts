import { createHash } from "node:crypto";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { chartArchive } from "./chart-archive.ts";

/** What a test's chart server asks of its clients. */
export interface ChartServerOptions {
  readonly auth?: { readonly username: string; readonly password: string };
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Tags per page of the registry's lists. */
  readonly pageSize?: number;
}

/** One request as it arrived. */
export interface SeenRequest {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A chart repository at `/repo` and an OCI registry, with the same charts. */
export interface ChartServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly requests: SeenRequest[];
  /** Adds a version of a chart to both; `archive` stands for its bytes. */
  add(name: string, version: string, archive?: Buffer): Buffer;
  /** Answers a path (without query) otherwise from now on. */
  override(path: string, listener: RequestListener): void;
  /** Stops listening: clients see refused connections. */
  goDown(): Promise<void>;
}

interface StoredChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

const token = "token-for-pulling";

/** Starts a server on a free port of 127.0.0.1. With `auth`, files want basic authentication, the registry its token. */
export async function startChartServer(options: ChartServerOptions = {}): Promise<ChartServer> {
  const charts: StoredChart[] = [];
  const requests: SeenRequest[] = [];
  const overrides = new Map<string, RequestListener>();
  let url = "";
  const listener: RequestListener = (request, response) => {
    const target = new URL(request.url ?? "/", url);
    requests.push({ path: target.pathname, authorization: request.headers.authorization });
    const override = overrides.get(target.pathname);
    if (override !== undefined) {
      override(request, response);
      return;
    }
    answer({ target, request, response, url, charts, options });
  };
  const server = options.tls === undefined ? createPlainServer(listener) : createTlsServer(options.tls, listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  url = `${options.tls === undefined ? "http" : "https"}://${host}`;
  const goDown = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  return {
    url,
    host,
    requests,
    add: (name, version, archive = chartArchive(name, version)) => {
      charts.push({ name, version, archive });
      return archive;
    },
    override: (path, other) => overrides.set(path, other),
    goDown,
    [Symbol.asyncDispose]: goDown,
  };
}

interface Exchange {
  readonly target: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly charts: readonly StoredChart[];
  readonly options: ChartServerOptions;
}

function answer(exchange: Exchange): void {
  const { target, request, response, charts, options } = exchange;
  const { auth } = options;
  const basic = auth === undefined ? undefined : basicHeader(auth);
  const given = request.headers.authorization;
  if (target.pathname === "/token") {
    if (basic !== undefined && given !== basic) return send(response, 401, "no");
    return send(response, 200, JSON.stringify({ token }));
  }
  if (target.pathname.startsWith("/v2/")) {
    if (auth !== undefined && given !== `Bearer ${token}`) return challenge(exchange);
    return answerRegistry(exchange);
  }
  if (basic !== undefined && given !== basic) return send(response, 401, "no");
  if (target.pathname === "/repo/index.yaml") return send(response, 200, indexOf(charts));
  const file = charts.find(({ name, version }) => target.pathname === `/repo/${name}-${version}.tgz`);
  return file === undefined ? send(response, 404, "gone") : send(response, 200, file.archive);
}

function challenge({ response, url, target }: Exchange): void {
  const scope = `repository:${target.pathname.replace(/^\/v2\//u, "").replace(/\/(?:tags|manifests|blobs)\/.*$/u, "")}:pull`;
  response.setHeader("www-authenticate", `Bearer realm="${url}/token",service="charts",scope="${scope}"`);
  send(response, 401, "{}");
}

function answerRegistry({ target, response, charts, options }: Exchange): void {
  const [, name = "", kind = "", reference = ""] =
    /^\/v2\/charts\/([^/]+)\/(tags|manifests|blobs)\/(.+)$/u.exec(target.pathname) ?? [];
  const own = charts.filter((chart) => chart.name === name);
  if (target.pathname === "/v2/") return send(response, 200, "{}");
  if (kind === "tags") return sendTags(response, own, { target, pageSize: options.pageSize ?? 1000 });
  const known = own.map((chart) => ({ chart, manifest: manifestOf(chart) }));
  const tagged = known.find(({ chart, manifest }) => tagOf(chart) === reference || sha256(manifest) === reference);
  if (kind === "manifests" && tagged !== undefined) {
    response.setHeader("content-type", "application/vnd.oci.image.manifest.v1+json");
    response.setHeader("docker-content-digest", sha256(tagged.manifest));
    return send(response, 200, tagged.manifest);
  }
  const blob = own.flatMap((chart) => [configOf(chart), chart.archive]).find((bytes) => sha256(bytes) === reference);
  return kind === "blobs" && blob !== undefined ? send(response, 200, blob) : send(response, 404, "{}");
}

function sendTags(
  response: ServerResponse,
  own: readonly StoredChart[],
  { target, pageSize }: { readonly target: URL; readonly pageSize: number },
): void {
  const tags = own.map(tagOf).toSorted();
  const from = tags.indexOf(target.searchParams.get("last") ?? "") + 1;
  const page = tags.slice(from, from + pageSize);
  const last = page.at(-1);
  if (last !== undefined && from + page.length < tags.length) {
    response.setHeader("link", `<${target.pathname}?n=${pageSize}&last=${last}>; rel="next"`);
  }
  send(response, 200, JSON.stringify({ name: "x", tags: page }));
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.statusCode = status;
  response.end(body);
}

/** Returns the header that a client with this credential sends. */
export function basicHeader({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Returns `sha256:…` of bytes. */
export function sha256(bytes: string | Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function tagOf({ version }: StoredChart): string {
  return version.replaceAll("+", "_");
}

function configOf({ name, version }: StoredChart): Buffer {
  return Buffer.from(JSON.stringify({ apiVersion: "v2", name, version }));
}

function manifestOf(chart: StoredChart): Buffer {
  const config = configOf(chart);
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: sha256(config), size: config.length },
      layers: [
        {
          mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
          digest: sha256(chart.archive),
          size: chart.archive.length,
        },
      ],
    }),
  );
}

function indexOf(charts: readonly StoredChart[]): string {
  const entries = Map.groupBy(charts, ({ name }) => name);
  const lines = [...entries].map(
    ([name, versions]) =>
      `  ${name}:\n${versions.map(({ version, archive }) => `  - {name: ${name}, version: ${version}, apiVersion: v2, digest: ${sha256(archive).slice(7)}, urls: [${name}-${version}.tgz]}\n`).join("")}`,
  );
  return `apiVersion: v1\nentries:\n${lines.join("")}`;
}
