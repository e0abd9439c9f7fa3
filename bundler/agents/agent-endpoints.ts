import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { parseJson } from "../../codec/parse-json.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log.ts";
import { answersRoute, blobRoute, checkInRoute, protocolVersion, registerRoute } from "../../shared/protocol/routes.ts";
import { maxAnswerBytes } from "../../shared/protocol/questions.ts";
import type { HubMetrics } from "../../shared/runtime/hub-metrics.ts";
import type { Hub } from "../desired/hub.ts";
import type { BlobTable } from "../store/blob-table.ts";
import type { Credential, CredentialKind, CredentialTable } from "../store/credential-table.ts";
import {
  type CheckedInCluster,
  type CheckInService,
  documentInput,
  type News,
  noLongerRegistered,
} from "./check-in.ts";
import type { AskedCluster, QuestionDesk } from "./question-desk.ts";
import { registerCluster, type RegisterDeps } from "./register-cluster.ts";

/** What the agents' endpoints work with. */
export interface AgentEndpointDeps extends RegisterDeps {
  readonly hub: Hub;
  readonly checkIn: CheckInService;
  readonly questions: Pick<QuestionDesk, "granted" | "take">;
  readonly credentials: CredentialTable;
  readonly blobs: Pick<BlobTable, "read">;
  /** Called when a content that a bundle consists of is not stored, or cannot be read. */
  readonly contentLost: (namespace: string, bundle: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<HubMetrics, "checkIn" | "registered">;
}

const bodyLimitBytes = 16 * 1024 * 1024;
/** An answer, and what goes around it. */
const answerLimitBytes = maxAnswerBytes + 64 * 1024;

/** Returns a request listener for `/agent/v1/…`; false: the path is not one of ours. */
export function createAgentEndpoints(
  deps: AgentEndpointDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  // Words go with the Cluster, token or User that they belong to.
  deps.objects.onCommit((changes) => {
    if (changes.some(({ type }) => type === "deleted")) deps.credentials.changed();
  });
  return async (request, response) => {
    const path = request.url ?? "";
    if (!path.startsWith("/agent/")) return false;
    response.setHeader("drover-protocol", String(protocolVersion));
    try {
      await serve(deps, request, response);
    } catch (error) {
      const status = answerError(deps.log, response, toAppError(error));
      if (path === checkInRoute.path) deps.metrics.checkIn(status < 500 ? "refused" : "failed");
    }
    return true;
  };
}

async function serve(deps: AgentEndpointDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "";
  const route = `${request.method ?? ""} ${path}`;
  if (route === `${checkInRoute.method} ${checkInRoute.path}`) {
    const cluster = clusterOf(deps, await authenticate(deps, request, "agent"));
    const body = parseBody(checkInRoute.request, await readBody(request));
    await deps.checkIn.takeStatuses(cluster, body);
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const news = await deps.checkIn.awaitNews(cluster, body, gone.signal);
    deps.metrics.checkIn(gone.signal.aborted ? "left" : kindOf(news));
    if (gone.signal.aborted) return;
    if (news === undefined) response.writeHead(204).end();
    else answerJson(response, 200, news);
    return;
  }
  if (route === `${answersRoute.method} ${answersRoute.path}`) {
    const cluster = clusterOf(deps, await authenticate(deps, request, "agent"));
    const reply = parseBody(answersRoute.request, await readBody(request, answerLimitBytes), parseJson);
    if (deps.questions.take(askedCluster(cluster), reply)) response.writeHead(204).end();
    else answerJson(response, 404, { code: "QUESTION_UNKNOWN", message: "nobody waits for this answer any more" });
    return;
  }
  if (route === `${registerRoute.method} ${registerRoute.path}`) {
    const token = await authenticate(deps, request, "registration");
    const registered = await registerCluster(deps, token, parseBody(registerRoute.request, await readBody(request)));
    deps.metrics.registered();
    deps.log.info({ namespace: registered.namespace, cluster: registered.clusterName }, "cluster registered");
    answerJson(response, 200, registered);
    return;
  }
  if (request.method === blobRoute.method && path.startsWith(blobRoute.path)) {
    const cluster = clusterOf(deps, await authenticate(deps, request, "agent"));
    const data = await readBlob(deps, cluster, path.slice(blobRoute.path.length));
    response.writeHead(200, { "content-type": "application/zstd", "content-length": data.length }).end(data);
    return;
  }
  throw new AppError("REQUEST_INVALID", `no such endpoint: ${request.method ?? ""} ${path}`, {
    verdict: "stalled",
    details: { status: 404 },
  });
}

function kindOf(news: News | undefined): "document" | "questions" | "unchanged" {
  if (news === undefined) return "unchanged";
  return "questions" in news ? "questions" : "document";
}

function askedCluster({ workspace, name }: CheckedInCluster): AskedCluster {
  return { namespace: workspace.namespace, name };
}

async function authenticate(
  deps: AgentEndpointDeps,
  request: IncomingMessage,
  kind: CredentialKind,
): Promise<Credential> {
  const [scheme, word] = (request.headers.authorization ?? "").split(" ");
  const found =
    scheme === "Bearer" && word !== undefined ? await deps.credentials.find(word, deps.clock.now()) : undefined;
  if (found?.kind === kind) return found;
  const what =
    kind === "agent"
      ? "this agent credential is not known here"
      : "the registration token is unknown or has expired: make one with `drover register-token create`";
  throw new AppError("AGENT_UNKNOWN", what, { verdict: "stalled" });
}

function clusterOf(deps: AgentEndpointDeps, credential: Credential): CheckedInCluster {
  const workspace = deps.hub.workspace(credential.namespace);
  if (!workspace.status.partition.clusters.has(credential.name))
    throw noLongerRegistered(credential.namespace, credential.name);
  return { workspace, name: credential.name };
}

/** Returns a blob that the cluster's own document, or a question to it, names; anything else does not exist for it. */
async function readBlob(deps: AgentEndpointDeps, cluster: CheckedInCluster, digest: string): Promise<Uint8Array> {
  const deployments = documentInput(deps.epoch, { ...cluster, nowMs: deps.clock.now() }, [])?.deployments ?? [];
  for (const { bundle, content, options } of deployments) {
    const name = bundle.slice(bundle.indexOf("/") + 1);
    const found =
      options === digest
        ? cluster.workspace.bundles.get(name)?.optionsBlob(digest)?.data
        : content === digest
          ? await readContent(deps, { namespace: cluster.workspace.namespace, name }, digest)
          : undefined;
    if (found !== undefined) return found;
  }
  const granted = await deps.questions.granted(askedCluster(cluster), digest);
  if (granted !== undefined) return granted;
  throw new AppError("BLOB_NOT_FOUND", `no blob ${digest} for this cluster`, { verdict: "transient" });
}

async function readContent(
  deps: AgentEndpointDeps,
  bundle: { readonly namespace: string; readonly name: string },
  digest: string,
): Promise<Uint8Array | undefined> {
  let found: Uint8Array | undefined;
  try {
    found = await deps.blobs.read(digest);
  } finally {
    if (found === undefined) deps.contentLost(bundle.namespace, bundle.name);
  }
  return found;
}

async function readBody(request: IncomingMessage, limitBytes = bodyLimitBytes): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limitBytes) return void chunks.push(chunk);
      request.pause();
      const message = `the body is larger than ${limitBytes} bytes`;
      reject(new AppError("REQUEST_INVALID", message, { details: { status: 413 } }));
    });
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", reject);
    request.once("close", () => reject(new AppError("REQUEST_INVALID", "the body ended early")));
  });
}

function parseBody<S extends z.ZodType>(
  schema: S,
  text: string,
  parse: (text: string) => unknown = JSON.parse,
): z.output<S> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new AppError("REQUEST_INVALID", "the body is not JSON", { verdict: "stalled", cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("REQUEST_INVALID", z.prettifyError(parsed.error), { verdict: "stalled" });
}

const statusByCode: Readonly<Record<string, number>> = {
  AGENT_UNKNOWN: 401,
  CLUSTER_NAME_TAKEN: 409,
  BLOB_NOT_FOUND: 404,
  REQUEST_INVALID: 400,
};

function answerError(log: Logger, response: ServerResponse, error: AppError): number {
  const own = error.details["status"];
  const status = typeof own === "number" ? own : (statusByCode[error.code] ?? 500);
  if (status === 500) log.error({ code: error.code, err: error }, "agent request failed");
  else log.debug({ code: error.code, status }, "agent request refused");
  // What is left of a body that is too large is not read.
  if (status === 413) response.setHeader("connection", "close");
  if (response.headersSent) response.destroy();
  else answerJson(response, status, { code: error.code, message: status === 500 ? "internal error" : error.message });
  return status;
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  response.writeHead(status, { "content-type": "application/json", "content-length": body.length }).end(body);
}
