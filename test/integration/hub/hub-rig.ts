import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { type Bundler, composeBundler } from "../../../bundler/compose.ts";
import { bundlerConfigSchema } from "../../../bundler/config.ts";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { checkInRoute, type CheckInRequest, registerRoute } from "../../../shared/protocol/routes.ts";
import type { DesiredDocument } from "../../../shared/protocol/desired-document.ts";
import { readConfig } from "../../../shared/runtime/config.ts";
import { kubectl, type KubectlOptions, type KubectlResult } from "../../support/kubectl.ts";
import { createTestDatabase } from "../../support/postgres.ts";
import { createTempDir } from "../../support/temp-dir.ts";

/** What came back for one request. */
export interface Answer {
  readonly status: number;
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** One request to the hub. */
export interface HubRequest {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when text, else as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A composed hub with its data in a place that outlives restarts. */
export interface HubRig extends AsyncDisposable {
  readonly kubeconfigPath: string;
  readonly dataDir: string;
  /** Where its PostgreSQL database is, undefined on SQLite. */
  readonly databaseUrl: string | undefined;
  call(path: string, options?: HubRequest): Promise<Answer>;
  kubectl(args: readonly string[], options?: Omit<KubectlOptions, "kubeconfigPath">): Promise<KubectlResult>;
  /** Applies objects with kubectl and fails the test when that is refused. */
  apply(...objects: readonly object[]): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  url(): string;
}

export const registrationWord = "word-of-workspace-default";
export const otherWord = "word-of-workspace-other";
export const webhookWord = "webhook-word-of-the-tests";

/** Starts a hub with the workspaces `fleet-default` and `other`, each with a registration token. */
export async function startHub(
  engine: "sqlite" | "postgres" = "sqlite",
  options: { readonly args?: readonly string[]; readonly webhookSecret?: boolean; readonly clock?: Clock } = {},
): Promise<HubRig> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTempDir("hub"));
  const database = engine === "postgres" ? stack.use(await createTestDatabase()) : undefined;
  const kubeconfigPath = join(folder.path, "admin.kubeconfig");
  let port = 0;
  let running: Bundler | undefined;
  let url = "";
  let caCert: string | undefined;

  async function start(): Promise<void> {
    const argv = [
      ["--data-dir", folder.path, "--port", String(port)],
      options.webhookSecret === false ? [] : ["--webhook-secret", webhookWord],
      ["--bootstrap-tokens", `fleet-default=${registrationWord}`, "--bootstrap-tokens", `other=${otherWord}`],
      database === undefined ? [] : ["--database-url", database.url],
      options.args ?? [],
    ].flat();
    const { config } = readConfig(bundlerConfigSchema, { argv, env: {}, envPrefix: "BUNDLER_", readFile: () => ({}) });
    const bundler = await composeBundler({
      config,
      clock: options.clock ?? systemClock,
      log: silentLogger,
      path: process.env["PATH"] ?? "",
      version: "0.0.0",
      random: randomUUID,
    });
    running = bundler;
    ({ url, caCert } = await bundler.start());
    port = Number(new URL(url).port);
  }
  async function stop(): Promise<void> {
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  }
  stack.defer(stop);
  await start();
  const rig: Omit<HubRig, keyof AsyncDisposable> = {
    kubeconfigPath,
    dataDir: folder.path,
    databaseUrl: database?.url,
    start,
    stop,
    url: () => url,
    call: async (path, wish = {}) => send(new URL(url), path, { ...wish, ca: caCert ?? "" }),
    kubectl: async (args, more = {}) => kubectl(args, { kubeconfigPath, ...more }),
    apply: async (...objects) => {
      const stdin = objects.map((object) => JSON.stringify(object)).join("\n---\n");
      const { exitCode, stderr } = await kubectl(["apply", "-f", "-"], { kubeconfigPath, stdin });
      if (exitCode !== 0) throw new Error(stderr);
    },
  };
  const owned = stack.move();
  return { ...rig, [Symbol.asyncDispose]: async () => owned.disposeAsync() };
}

async function send(base: URL, path: string, wish: HubRequest & { readonly ca: string }): Promise<Answer> {
  const { method = "GET", token, headers = {}, body, signal, ca } = wish;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: base.hostname,
        port: base.port,
        path,
        method,
        ca,
        agent: false,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const isJson = response.headers["content-type"]?.includes("json") === true;
          resolve({ status: response.statusCode ?? 0, bytes, text, json: isJson ? parseObject(text) : {} });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body));
  });
}

function parseObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** An agent as the hub sees it: requests, and nothing behind them. */
export interface FakeAgent {
  readonly name: string;
  readonly credential: string;
  /** One check-in, not held unless `waitMs` says so. */
  checkIn(body?: Partial<CheckInRequest>, options?: { readonly signal?: AbortSignal }): Promise<Answer>;
  /** The document that it gets; throws when the hub says anything else. */
  document(body?: Partial<CheckInRequest>): Promise<DesiredDocument>;
  blob(digest: string): Promise<Answer>;
}

/** Registers an agent; its identity is its name unless given. */
export async function registerAgent(
  hub: HubRig,
  name: string,
  options: { readonly labels?: Record<string, string>; readonly token?: string; readonly clusterUid?: string } = {},
): Promise<FakeAgent> {
  const { labels = {}, token = registrationWord, clusterUid = `uid-${name}` } = options;
  const answer = await hub.call(registerRoute.path, { method: "POST", token, body: { clusterUid, name, labels } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const { clusterName, credential } = registerRoute.response.parse(answer.json);
  return agentOf(hub, clusterName, credential);
}

/** Returns an agent with a credential, whatever it is worth. */
export function agentOf(hub: HubRig, name: string, credential: string): FakeAgent {
  const checkIn: FakeAgent["checkIn"] = async (body = {}, options = {}) =>
    hub.call(checkInRoute.path, {
      method: "POST",
      token: credential,
      body: { waitMs: 0, holds: [], full: false, statuses: [], ...body },
      ...options,
    });
  return {
    name,
    credential,
    checkIn,
    document: async (body) => {
      const answer = await checkIn(body);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      return checkInRoute.response.parse(answer.json);
    },
    blob: async (digest) => hub.call(`/agent/v1/blobs/${digest}`, { token: credential }),
  };
}

/** Returns the administrator's token. */
export async function adminToken(hub: HubRig): Promise<string> {
  return /token:\s*(\S+)/u.exec(await readFile(hub.kubeconfigPath, "utf8"))?.[1] ?? "";
}

/** Returns a Bundle made by hand with one ConfigMap; `selector` says who gets it. */
export function aBundle(
  name: string,
  selector: object = {},
  more: { readonly namespace?: string; readonly spec?: object } = {},
): object {
  const content = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
  return {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "Bundle",
    metadata: { name, namespace: more.namespace ?? "fleet-default" },
    spec: {
      resources: [{ name: "cm.yaml", content }],
      targets: [{ name: "chosen", clusterSelector: selector }],
      ...more.spec,
    },
  };
}
