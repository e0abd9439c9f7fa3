import { existsSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { delimiter, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { isJsonObject, type JsonObject, type JsonValue } from "../codec/json-value.ts";
import { parseJson } from "../codec/parse-json.ts";
import { printJson } from "../codec/print-json.ts";
import { AppError, type ErrorCode } from "../shared/errors.ts";
import { type CommandContext, type CommandInput, textOption, UsageError } from "./command.ts";

/** One request to an API server: the hub's, or a cluster's. */
export interface HubRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: JsonValue;
  readonly contentType?: string;
  readonly accept?: string;
  /** How long the answer may take; default 30 s. */
  readonly timeoutMs?: number;
}

/** The hub's API as the commands use it. */
export interface HubClient {
  readonly namespace: string;
  readonly server: string;
  /** Returns the answer's body; throws HUB_REFUSED with the hub's own words, HUB_UNREACHABLE when there is no answer. */
  call(request: HubRequest): Promise<JsonObject>;
}

/** Whom a request goes to, in words and codes. */
interface Party {
  readonly name: string;
  readonly unreachable: ErrorCode;
  readonly refused: ErrorCode;
  readonly awayHint: string;
}

interface Connection {
  readonly server: string;
  readonly options: RequestOptions;
  readonly party: Party;
}

const hubParty: Party = {
  name: "the hub",
  unreachable: "HUB_UNREACHABLE",
  refused: "HUB_REFUSED",
  awayHint: "is the bundler running?",
};

const clusterParty: Party = {
  name: "the cluster",
  unreachable: "KUBE_UNREACHABLE",
  refused: "KUBE_FORBIDDEN",
  awayHint: "check --cluster-kubeconfig",
};

const fleetParty: Party = {
  name: "Fleet's cluster",
  unreachable: "KUBE_UNREACHABLE",
  refused: "KUBE_FORBIDDEN",
  awayHint: "check --kubeconfig",
};

const group = "/apis/fleet.cattle.io/v1alpha1";
const defaultTimeoutMs = 30_000;

/** Returns the path of a kind's collection, or of one object, in a workspace; "" means all workspaces. */
export function fleetPath(plural: string, namespace: string, name = ""): string {
  const scope = namespace === "" ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${group}${scope}/${plural}${name === "" ? "" : `/${encodeURIComponent(name)}`}`;
}

/** Connects to the hub that a kubeconfig names; credentials of any kind that kubectl knows work (exec plug-ins included). */
export async function connectHub(
  input: CommandInput,
  { env, cwd }: Pick<CommandContext, "env" | "cwd">,
): Promise<HubClient> {
  const config = loadKubeconfig(textOption(input, "kubeconfig"), env, cwd);
  return connect(
    config,
    { context: textOption(input, "context"), namespace: textOption(input, "namespace") },
    hubParty,
  );
}

/** Connects to the cluster that `--cluster-kubeconfig` and `--cluster-context` name; undefined without the first. */
export async function connectCluster(
  input: CommandInput,
  { cwd }: Pick<CommandContext, "cwd">,
): Promise<HubClient | undefined> {
  const file = textOption(input, "cluster-kubeconfig");
  if (file === undefined) return undefined;
  return connectFile(resolve(cwd, file), textOption(input, "cluster-context"), clusterParty);
}

/** Connects to the cluster on which Fleet's controllers run, by a kubeconfig file and a context of it. */
export async function connectFleet(file: string, context: string | undefined): Promise<HubClient> {
  return connectFile(file, context, fleetParty);
}

async function connectFile(file: string, context: string | undefined, party: Party): Promise<HubClient> {
  const config = new KubeConfig();
  loadFile(config, file);
  return connect(config, { context, namespace: "" }, party);
}

async function connect(
  config: KubeConfig,
  { context, namespace }: { readonly context: string | undefined; readonly namespace: string | undefined },
  party: Party,
): Promise<HubClient> {
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new UsageError(`the kubeconfig has no context ${context}`);
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new UsageError("the kubeconfig names no cluster: choose one with --context");
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("KUBECONFIG_INVALID", `the kubeconfig's credential for ${server} cannot be used: ${problem}`, {
      verdict: "stalled",
      cause,
    });
  }
  const own = config.getContextObject(config.getCurrentContext())?.namespace;
  return {
    namespace: namespace ?? own ?? "fleet-default",
    server,
    call: async (request) => send({ server, options, party }, request),
  };
}

function loadKubeconfig(file: string | undefined, env: CommandContext["env"], cwd: string): KubeConfig {
  const config = new KubeConfig();
  for (const [index, path] of kubeconfigFiles(file, env, cwd).entries()) {
    if (index === 0) loadFile(config, path);
    else {
      const more = new KubeConfig();
      loadFile(more, path);
      config.mergeConfig(more, true);
    }
  }
  return config;
}

/** Where the hub's kubeconfig is looked for; several files of $KUBECONFIG are merged, as kubectl does. */
function kubeconfigFiles(file: string | undefined, env: CommandContext["env"], cwd: string): readonly string[] {
  const named = file ?? env["DROVER_KUBECONFIG"];
  if (named !== undefined) return [resolve(cwd, named)];
  const places = [
    [join(cwd, "drover-data", "admin.kubeconfig")],
    (env["KUBECONFIG"] ?? "").split(delimiter).flatMap((path) => (path === "" ? [] : [resolve(cwd, path)])),
    env["HOME"] === undefined ? [] : [join(env["HOME"], ".kube", "config")],
  ];
  const found = places.map((paths) => paths.filter((path) => existsSync(path))).find((paths) => paths.length > 0);
  if (found === undefined)
    throw new UsageError("no kubeconfig: name the hub's with --kubeconfig (`drover kubeconfig` prints it)");
  return found;
}

function loadFile(config: KubeConfig, file: string): void {
  if (!existsSync(file)) throw new UsageError(`kubeconfig ${file} does not exist`);
  try {
    config.loadFromFile(file);
  } catch (cause) {
    throw new AppError("KUBECONFIG_INVALID", `${file} is no kubeconfig: \`drover kubeconfig\` prints the hub's`, {
      verdict: "stalled",
      cause,
    });
  }
}

async function send(
  { server, options, party }: Connection,
  {
    method = "GET",
    path,
    body,
    contentType = "application/json",
    accept = "application/json",
    timeoutMs = defaultTimeoutMs,
  }: HubRequest,
): Promise<JsonObject> {
  const url = new URL(path, server.endsWith("/") ? server : `${server}/`);
  const payload = body === undefined ? undefined : Buffer.from(printJson(body));
  const headers = {
    ...Object.fromEntries(Object.entries(options.headers ?? {})),
    accept,
    "user-agent": "drover",
    ...(payload === undefined ? {} : { "content-type": contentType, "content-length": payload.length }),
  };
  const start = url.protocol === "http:" ? httpRequest : httpsRequest;
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = start(url, { ...options, method, headers, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on("error", reject);
    request.end(payload);
  }).catch((error: unknown) => {
    throw new AppError(
      party.unreachable,
      `${party.name} at ${url.origin} cannot be reached: ${error instanceof Error ? error.message : String(error)}; ${party.awayHint}`,
      { cause: error },
    );
  });
  const answer = parseAnswer(text, { status, origin: url.origin, party });
  if (status >= 200 && status < 300) return answer;
  const { message } = answer;
  const words = typeof message === "string" && message !== "" ? message : `${party.name} answered ${status}`;
  const hint = refusedHints[status];
  throw new AppError(party.refused, hint === undefined ? words : `${words}; ${hint}`, {
    verdict: "stalled",
    details: { status },
  });
}

/** What to do about answers that a person can do something about. */
const refusedHints: Readonly<Record<number, string>> = {
  401: "the kubeconfig's credential is not known there: get a new one (`drover kubeconfig` prints the administrator's)",
  403: "ask an administrator for the permission",
  404: "`drover get KIND` lists what there is, -n names the workspace",
};

/** An answer is a JSON object, or nothing; everything else comes from something that is no API server. */
function parseAnswer(
  text: string,
  { status, origin, party }: { readonly status: number; readonly origin: string; readonly party: Party },
): JsonObject {
  if (text === "" && status < 300) return {};
  const strange = `${origin} answers (${status}), but not as ${party.name}: check the kubeconfig's server`;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new AppError(party.unreachable, strange, { cause });
  }
  if (!isJsonObject(value)) throw new AppError(party.unreachable, strange);
  const isApi = typeof value["kind"] === "string" && typeof value["apiVersion"] === "string";
  if (!isApi) throw new AppError(party.unreachable, strange);
  return value;
}
