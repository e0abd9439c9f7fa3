import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { accessDenied, type AccessAttributes, type Authorize } from "../access/request-attributes.ts";
import { impersonated } from "../access/impersonate.ts";
import { checkNamespaceLifecycle } from "../access/namespace-lifecycle.ts";
import { createDiscovery } from "../discovery/create-discovery.ts";
import type { ServerVersion } from "../discovery/server-version.ts";
import { ApiError, toStatus } from "../resources/api-error.ts";
import type { UserInfo } from "../resources/resource-definition.ts";
import type { ResourceRegistry } from "../resources/resource-registry.ts";
import type { WriterParts } from "../resources/verbs/write-request.ts";
import { ExpiredContinueError } from "../storage/store-errors.ts";
import { pageNotFound, type Answer } from "./answer.ts";
import { ownsPath, parseResourcePath, type ResourcePath } from "./parse-request-path.ts";
import { defaultMaxBodyBytes } from "./read-body.ts";
import type { ResourceCall, ServerParts } from "./resource-call.ts";
import { methodNotAllowed, noSuchResource, serveReview, serveStored, verbOf } from "./serve-resource.ts";
import { warningHeader, writeAnswer } from "./write-answer.ts";

/** What happened, for logs and audit; nothing in it is secret. */
export interface AuditEvent {
  readonly user: string;
  /** The program that asked, as it calls itself. */
  readonly agent: string;
  readonly verb: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Everything a server needs. */
export interface ApiHandlerOptions {
  readonly registry: ResourceRegistry;
  /**
   * Returns who makes a request by its credentials, undefined when it carries none (it is then `system:anonymous`);
   * throws `unauthorized()` for credentials that are wrong.
   */
  readonly authenticate: (request: IncomingMessage) => Promise<UserInfo | undefined>;
  readonly authorize: Authorize;
  readonly version: ServerVersion;
  readonly clock: { now(): number };
  /** Called before a write besides the namespace rules; throws an `ApiError` to refuse it. */
  readonly admit?: WriterParts["admit"];
  readonly audit?: (event: AuditEvent) => void;
  /** Called with errors that are bugs; the client sees a 500. */
  readonly onFault?: (error: unknown) => void;
  /** Returns why the server is not ready, undefined when it is: /readyz. */
  readonly notReady?: () => string | undefined;
  readonly maxBodyBytes?: number;
  readonly bookmarkEveryMs?: number;
}

/** A Kubernetes API to be mounted into an HTTP server. */
export interface ApiHandler {
  /** Answers the request and returns true; returns false at once when the path is none of ours, for other routes. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** What in-process writers (controllers) need: the same rules as over HTTP. */
  readonly parts: ServerParts;
  /** Ends all watches; new ones end at once. */
  close(): void;
}

/** Who has no credentials. */
const anonymous: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/**
 * Returns a Kubernetes API server without a socket: `http.createServer(async (request, response) => { if (!(await
 * api.handle(request, response))) … })`. Kinds come and go through `registry`.
 */
export function createApiHandler(options: ApiHandlerOptions): ApiHandler {
  const { registry, clock } = options;
  const closing = new AbortController();
  const discovery = createDiscovery({ registry, version: options.version, notReady: options.notReady });
  const parts: ServerParts = {
    registry,
    clock,
    randomUid: randomUUID,
    random: Math.random,
    admit: async (request, operation) => {
      await checkNamespaceLifecycle(request, operation, registry);
      await options.admit?.(request, operation);
    },
    maxBodyBytes: options.maxBodyBytes ?? defaultMaxBodyBytes,
    bookmarkEveryMs: options.bookmarkEveryMs ?? 60_000,
  };

  async function answer(visit: Visit): Promise<Answer | undefined> {
    const { request, url } = visit;
    const user = await userOf(options, request);
    visit.user = user.name;
    const path = parseResourcePath(url.pathname);
    const attributes = attributesOf({ request, url, user, path });
    visit.verb = attributes.verb;
    const decision = await options.authorize(attributes);
    if (!decision.allowed) throw accessDenied(attributes, decision.reason);
    if (path === undefined) return discovery.answer(request, url);
    const openSignal = (): AbortSignal => {
      const stop = new AbortController();
      visit.response.on("close", () => stop.abort());
      return AbortSignal.any([stop.signal, closing.signal]);
    };
    const { response } = visit;
    const query = url.searchParams;
    return serve({ path, query, user, request, response, server: parts, openSignal, warn: warnOn(visit) });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (!ownsPath(url.pathname)) return false;
    const startMs = clock.now();
    const visit: Visit = { request, response, url, user: "", verb: "", warnings: new Set() };
    try {
      const answered = await answer(visit);
      if (answered !== undefined) send(visit, answered);
    } catch (error) {
      if (!(error instanceof ApiError)) options.onFault?.(error);
      if (response.headersSent) response.destroy();
      else send(visit, failure(error));
    }
    const { user, verb } = visit;
    const agent = request.headers["user-agent"] ?? "";
    const { statusCode: status } = response;
    options.audit?.({ user, agent, verb, path: url.pathname, status, durationMs: clock.now() - startMs });
    return true;
  }

  return { handle, parts, close: () => closing.abort() };
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly warnings: Set<string>;
  user: string;
  verb: string;
}

async function serve(call: ResourceCall): Promise<Answer | undefined> {
  const { path, request, query, server } = call;
  const definition = server.registry.find(path.group, path.version, path.resource);
  if (definition === undefined) {
    if (server.registry.ofGroupVersion(path.group, path.version).length === 0) return pageNotFound;
    throw noSuchResource();
  }
  if (definition.type === "review") return serveReview(call, definition);
  const verb = verbOf(request.method ?? "GET", path, query);
  if (verb === undefined) throw methodNotAllowed();
  return serveStored({ ...call, definition }, verb);
}

async function userOf({ authenticate, authorize }: ApiHandlerOptions, request: IncomingMessage): Promise<UserInfo> {
  const user = await authenticate(request);
  if (user === undefined) return anonymous;
  const group = "system:authenticated";
  const known = user.groups.includes(group) ? user : { ...user, groups: [...user.groups, group] };
  return impersonated(request, known, authorize);
}

interface Asked {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly user: UserInfo;
  readonly path: ResourcePath | undefined;
}

function attributesOf({ request, url, user, path }: Asked): AccessAttributes {
  const method = request.method ?? "GET";
  if (path === undefined) return { type: "path", user, verb: method.toLowerCase(), path: url.pathname };
  const { group, version, resource, subresource, namespace, name } = path;
  const verb = verbOf(method, path, url.searchParams) ?? method.toLowerCase();
  return { type: "resource", user, verb, group, version, resource, subresource, namespace, name };
}

function warnOn(visit: Visit): (text: string) => void {
  return (text) => {
    visit.warnings.add(text);
    if (!visit.response.headersSent) visit.response.setHeader("Warning", [...visit.warnings].map(warningHeader));
  };
}

function send({ request, response }: Visit, answered: Answer): void {
  writeAnswer(answered, request, response);
}

function failure(error: unknown): Answer {
  const status = toStatus(error);
  const retryAfter = error instanceof ApiError ? error.details?.retryAfterSeconds : undefined;
  return {
    status: error instanceof ApiError ? error.code : 500,
    body: error instanceof ExpiredContinueError ? { ...status, metadata: { continue: error.continueToken } } : status,
    headers: retryAfter === undefined ? undefined : { "Retry-After": String(retryAfter) },
  };
}
