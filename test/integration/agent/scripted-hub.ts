import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { zstdCompressSync } from "node:zlib";
import { sha256Hex } from "../../../codec/stable-hash.ts";
import type { ContentResource } from "../../../shared/api/content.ts";
import type { DeploymentOptions } from "../../../shared/api/deployment-options.ts";
import type { DeploymentStatus } from "../../../shared/protocol/deployment-status.ts";
import type {
  ClusterFacts,
  DesiredDeployment,
  DesiredDocument,
  Removal,
} from "../../../shared/protocol/desired-document.ts";
import type { Reply } from "../../../shared/protocol/answers.ts";
import {
  answersRoute,
  blobRoute,
  checkInRoute,
  registerRoute,
  type CheckInRequest,
} from "../../../shared/protocol/routes.ts";

/** One bundle as a test writes it: file name → text, or bytes. */
export interface ScriptedBundle extends Partial<Omit<DesiredDeployment, "content" | "options">> {
  readonly bundle: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly options?: DeploymentOptions;
}

/** What the hub says until it says something else. */
export interface Script {
  readonly bundles: readonly ScriptedBundle[];
  readonly remove?: readonly Removal[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** How the hub misbehaves. */
export type HubFault = "500" | "html" | "empty" | "no-document" | "cut" | "bad-blob" | "no-blob" | "unauthorized";

/** A hub that says what a test tells it to, in the terms of the protocol: it parses each request by its route's schema. */
export interface ScriptedHub extends AsyncDisposable {
  readonly url: string;
  readonly statuses: ReadonlyMap<string, DeploymentStatus>;
  readonly gone: ReadonlySet<string>;
  /** Check-ins as they came, the held ones included. */
  readonly checkIns: readonly CheckInRequest[];
  /** Requests of all kinds so far. */
  readonly requests: number;
  /** Says something new: the revision rises, held requests are answered. */
  publish(script: Script): void;
  /** Sends a document that a test bent. */
  publishDocument(bend: (document: DesiredDocument) => unknown): void;
  /** Asks the agent something, as its hub would; resolves with what it says. */
  ask(question: Readonly<Record<string, unknown>>): Promise<Reply>;
  /** Returns what a document would say of a bundle, with its blobs served, without publishing it. */
  deploymentOf(bundle: ScriptedBundle): DesiredDeployment;
  fault: HubFault | undefined;
}

const epoch = "epoch-1";

/** Starts a hub on a free port of this machine, over TLS when it is given a certificate. */
export async function startScriptedHub(tls?: { readonly cert: string; readonly key: string }): Promise<ScriptedHub> {
  const blobs = new Map<string, Buffer>();
  const statuses = new Map<string, DeploymentStatus>();
  const gone = new Set<string>();
  const checkIns: CheckInRequest[] = [];
  const held = new Set<() => void>();
  const open = new Map<string, { readonly question: object; readonly resolve: (reply: Reply) => void }>();
  let revision = 0;
  let questions = 0;
  let document = aDocument([], { revision });
  let sent: unknown = document;

  const hub: { fault: HubFault | undefined; requests: number } = { fault: undefined, requests: 0 };

  function addBlob(value: unknown): string {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = sha256Hex(bytes);
    blobs.set(digest, zstdCompressSync(bytes));
    return digest;
  }

  function deploymentOf({ bundle, files, options = {}, ...rest }: ScriptedBundle): DesiredDeployment {
    const resources: ContentResource[] = Object.entries(files).map(([name, content]) =>
      typeof content === "string"
        ? { name, content }
        : { name, content: Buffer.from(content).toString("base64"), encoding: "base64" },
    );
    const content = addBlob({ source: "files", resources });
    const optionsDigest = addBlob(options);
    const deploymentId = `${content.slice(0, 8)}:${optionsDigest.slice(0, 8)}`;
    return { deploymentId, commit: "c0ffee", ...rest, bundle, content, options: optionsDigest };
  }

  function wake(): void {
    for (const answer of held) answer();
    held.clear();
  }

  async function checkIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = checkInRoute.request.parse(JSON.parse(await textOf(request)));
    checkIns.push(asked);
    if (asked.full) statuses.clear();
    for (const status of asked.statuses) statuses.set(status.bundle, status);
    for (const bundle of asked.gone ?? []) {
      gone.add(bundle);
      statuses.delete(bundle);
    }
    const unasked = (): object[] => {
      const { answering } = asked;
      if (answering === undefined) return [];
      return [...open].filter(([id]) => !answering.includes(id)).map(([, { question }]) => question);
    };
    const answer = (): void => {
      const questions = unasked();
      if (asked.tag === tagOf(sent) && hub.fault === undefined && questions.length > 0) {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ questions }));
        return;
      }
      const news = asked.tag !== tagOf(sent);
      if (!news && hub.fault === undefined) response.writeHead(204).end();
      else sendDocument(response, sent, hub.fault);
    };
    if (unasked().length > 0 || asked.tag !== tagOf(sent) || hub.fault !== undefined || asked.waitMs === 0) {
      answer();
      return;
    }
    held.add(answer);
    setTimeout(() => held.delete(answer) && answer(), asked.waitMs).unref();
    response.on("close", () => held.delete(answer));
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    hub.requests++;
    if (hub.fault === "unauthorized") {
      response.writeHead(401, { "content-type": "application/json" }).end('{"message":"unknown credential"}');
    } else if (path === registerRoute.path) {
      registerRoute.request.parse(JSON.parse(await textOf(request)));
      const answer = { clusterName: "test", namespace: "fleet-default", credential: "credential-1", epoch };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(registerRoute.response.parse(answer)));
    } else if (path === checkInRoute.path) {
      await checkIn(request, response);
    } else if (path === answersRoute.path) {
      const reply = answersRoute.request.parse(JSON.parse(await textOf(request)));
      const waiting = open.get(reply.id);
      open.delete(reply.id);
      waiting?.resolve(reply);
      response.writeHead(waiting === undefined ? 404 : 204).end();
    } else if (path.startsWith(blobRoute.path)) {
      sendBlob(response, blobs.get(path.slice(blobRoute.path.length)), hub.fault);
    } else {
      response.writeHead(404).end();
    }
  }

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    route(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  };
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(hub, {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    statuses,
    gone,
    checkIns,
    deploymentOf,
    ask: async (question: Readonly<Record<string, unknown>>) => {
      const id = `question-${++questions}`;
      const { promise, resolve } = Promise.withResolvers<Reply>();
      open.set(id, { question: { asker: "ann", withinMs: 10_000, ...question, id }, resolve });
      wake();
      return promise;
    },
    publish: (script: Script) => {
      document = aDocument(script.bundles.map(deploymentOf), {
        revision: ++revision,
        remove: script.remove,
        labels: script.labels,
      });
      sent = document;
      wake();
    },
    publishDocument: (bend: (current: DesiredDocument) => unknown) => {
      sent = bend(document);
      wake();
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

interface DocumentRest {
  readonly revision: number;
  readonly remove?: readonly Removal[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

function aDocument(
  deployments: DesiredDeployment[],
  { revision, remove = [], labels = {} }: DocumentRest,
): DesiredDocument {
  const facts: ClusterFacts = { name: "test", namespace: "fleet-default", labels, annotations: {}, templateValues: {} };
  const rest = { epoch, revision, facts, deployments, remove: [...remove] };
  return checkInRoute.response.parse({ ...rest, tag: sha256Hex(JSON.stringify(rest)) });
}

function tagOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "tag" in value ? value.tag : undefined;
}

function sendDocument(response: ServerResponse, document: unknown, fault: HubFault | undefined): void {
  const body = JSON.stringify(document);
  switch (fault) {
    case "500":
      response.writeHead(500).end("out of order");
      return;
    case "html":
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Log in</title>");
      return;
    case "empty":
      response.writeHead(200, { "content-type": "application/json" }).end();
      return;
    case "no-document":
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
      return;
    case "cut":
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      response.write(body.slice(0, body.length / 2));
      response.destroy();
      return;
    case "unauthorized":
    case "bad-blob":
    case "no-blob":
    case undefined:
      response.writeHead(200, { "content-type": "application/json" }).end(body);
  }
}

function sendBlob(response: ServerResponse, bytes: Buffer | undefined, fault: HubFault | undefined): void {
  if (bytes === undefined || fault === "no-blob") response.writeHead(404).end();
  else response.writeHead(200).end(fault === "bad-blob" ? bytes.subarray(0, bytes.length - 8) : bytes);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
