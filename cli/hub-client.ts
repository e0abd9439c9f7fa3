import { existsSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { isJsonObject, type JsonObject, type JsonValue } from "../codec/json-value.ts";
import { parseJson } from "../codec/parse-json.ts";
import { printJson } from "../codec/print-json.ts";
import { AppError } from "../shared/errors.ts";
import { type CommandContext, type CommandInput, textOption, UsageError } from "./command.ts";

/** One request to the hub's API. */
export interface HubRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: JsonValue;
  readonly contentType?: string;
  readonly accept?: string;
}

/** The hub's API as the commands use it. */
export interface HubClient {
  readonly namespace: string;
  readonly server: string;
  /** Returns the answer's body; throws HUB_REFUSED with the hub's own words, HUB_UNREACHABLE when there is no answer. */
  call(request: HubRequest): Promise<JsonObject>;
}

const group = "/apis/fleet.cattle.io/v1alpha1";
const timeoutMs = 30_000;

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
  const context = textOption(input, "context");
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new UsageError(`the kubeconfig has no context ${context}`);
    config.setCurrentContext(context);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new UsageError("the kubeconfig names no cluster: choose one with --context");
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const namespace =
    textOption(input, "namespace") ?? config.getContextObject(config.getCurrentContext())?.namespace ?? "fleet-default";
  return { namespace, server, call: async (request) => send(server, options, request) };
}

function loadKubeconfig(file: string | undefined, env: CommandContext["env"], cwd: string): KubeConfig {
  const config = new KubeConfig();
  const own = join(cwd, "drover-data", "admin.kubeconfig");
  const chosen = file ?? env["DROVER_KUBECONFIG"] ?? (existsSync(own) ? own : undefined);
  if (chosen === undefined) {
    config.loadFromDefault();
    return config;
  }
  if (!existsSync(chosen)) throw new UsageError(`kubeconfig ${chosen} does not exist`);
  config.loadFromFile(chosen);
  return config;
}

async function send(
  server: string,
  options: RequestOptions,
  { method = "GET", path, body, contentType = "application/json", accept = "application/json" }: HubRequest,
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
      "HUB_UNREACHABLE",
      `the hub at ${url.origin} cannot be reached: ${error instanceof Error ? error.message : String(error)}; is the bundler running?`,
      { cause: error },
    );
  });
  const answer = text === "" ? {} : parseAnswer(text, url.origin);
  if (status >= 200 && status < 300) return answer;
  const message = answer["message"];
  throw new AppError("HUB_REFUSED", typeof message === "string" ? message : `the hub answered ${status}`, {
    verdict: "stalled",
    details: { status },
  });
}

function parseAnswer(text: string, origin: string): JsonObject {
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new AppError("HUB_UNREACHABLE", `${origin} answers, but not as a Drover hub: check the kubeconfig's server`, {
      cause,
    });
  }
  throw new AppError("HUB_UNREACHABLE", `${origin} answers, but not as a Drover hub: check the kubeconfig's server`);
}
