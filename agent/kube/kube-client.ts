import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { AppError } from "../../shared/errors.ts";
import { createHttpConnection, type HttpAnswer, type HttpConnection, type HttpRequest } from "../http-connection.ts";
import { collectionPath, objectPath, type ApiResource, type ObjectTarget } from "./api-resource.ts";
import type { KubeConnection } from "./kube-connection.ts";
import { asKubeObject } from "./kube-object.ts";
import { hasCode, kubeError, readStatus, statusOf } from "./kube-status.ts";

/** The one field manager under which Drover applies. */
export const fieldManager = "drover";

/** How an object is applied. */
export interface ApplyOptions {
  /** Take fields from other managers instead of failing with `KUBE_CONFLICT`. */
  readonly force: boolean;
  /** Ask what would happen, change nothing. */
  readonly dryRun?: boolean;
  /** Another manager than `drover`, for fields that belong to no deployment's object. */
  readonly manager?: string;
}

/** What the API server must find before it deletes. */
export interface DeleteOptions {
  readonly uid: string;
  /** The object must not have changed since it was read. */
  readonly resourceVersion?: string;
  /** What becomes of what it owns. Default: Background, it goes as well. */
  readonly propagation?: "Background" | "Orphan";
}

/** `lingering`: deletion has begun and waits for a grace period or finalizers. */
export type DeleteResult = "gone" | "lingering";

/** A request in the API server's own terms. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly accept?: string;
  readonly contentType?: string;
}

/** Calls to one API server. Every fault is an `AppError` with a `KUBE_…` code. */
export interface KubeClient {
  /** Returns the object, or undefined when there is none (or its kind is gone). */
  get(target: ObjectTarget): Promise<KubeObject | undefined>;
  /** Yields all objects of a kind, page by page. */
  list(resource: ApiResource, selection?: ListSelection): AsyncGenerator<KubeObject>;
  apply(target: ObjectTarget, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  create(target: ObjectTarget, object: KubeObject, options?: { readonly dryRun: true }): Promise<KubeObject>;
  /** Replaces an object; its `resourceVersion` must still be the live one. */
  replace(target: ObjectTarget, object: KubeObject): Promise<KubeObject>;
  /** Deletes an object, unless its preconditions fail; nothing being there is success as well. */
  remove(target: ObjectTarget, options: DeleteOptions): Promise<DeleteResult>;
  /** Returns the parsed answer of any request. */
  raw(request: RawRequest): Promise<JsonValue>;
  /** Returns an answer that is no JSON, a log for example. */
  text(request: RawRequest): Promise<string>;
  /** The same server as another user, for a deployment with a service account. */
  as(user: string): KubeClient;
}

/** Which objects of a kind are listed. */
export interface ListSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Objects per page; less for large ones. */
  readonly pageSize?: number;
}

/** What a client is made from. */
export interface KubeClientDeps {
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

const defaultPageSize = 500;
const busyRetries = 5;
/** Who is put off longer gives way to other work, and comes back when the server said. */
const longestWaitMs = 10_000;

/** Returns the connections that a client uses: `maxSockets` bounds the requests in flight. */
export function createKubeHttp(connection: KubeConnection, maxSockets: number): HttpConnection {
  return createHttpConnection({ baseUrl: connection.baseUrl, tls: connection.tls, maxSockets });
}

/**
 * Returns a client. Requests that the server puts off (429, or 503 with `Retry-After`) are repeated a few times, not before
 * the time that it says; one that it puts off for longer than ten seconds fails with that time in `afterMs`.
 */
export function createKubeClient(deps: KubeClientDeps, user?: string): KubeClient {
  const { connection, http, signal } = deps;

  async function send<T>(wanted: RawRequest, read: (answer: HttpAnswer) => T | undefined): Promise<T> {
    const about = `${wanted.method} ${wanted.path}`;
    for (let attempt = 1; ; attempt++) {
      const answer = await sendOnce(wanted, about);
      const result = answer.status < 300 ? read(answer) : undefined;
      if (result !== undefined) return result;
      const failed = { code: answer.status, body: parseBody(answer), retryAfter: answer.headers["retry-after"] };
      const status = readStatus(failed, answer.status < 300 ? "the answer is not JSON" : `HTTP ${answer.status}`);
      const { retryAfterMs = 0 } = status;
      const isPutOff = answer.status === 429 || (answer.status === 503 && retryAfterMs > 0);
      if (!isPutOff || attempt > busyRetries || retryAfterMs > longestWaitMs) throw kubeError(status, about);
      // The server's time is the earliest; not all that it put off are to come at that moment.
      const waitMs = retryAfterMs + backoffMs(attempt, { baseMs: 100, maxMs: 5000 });
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function sendOnce(wanted: RawRequest, about: string): Promise<HttpAnswer> {
    const authorization = connection.authorization();
    const query = wanted.query === undefined ? "" : `?${new URLSearchParams(wanted.query).toString()}`;
    const request: HttpRequest = {
      method: wanted.method,
      path: wanted.path + query,
      headers: {
        accept: wanted.accept ?? "application/json",
        "user-agent": "drover-agent",
        ...(authorization === undefined ? {} : { authorization }),
        ...(user === undefined ? {} : { "impersonate-user": user }),
        ...(wanted.body === undefined ? {} : { "content-type": wanted.contentType ?? "application/json" }),
      },
      ...(wanted.body === undefined ? {} : { body: printJson(wanted.body) }),
      timeoutMs: deps.timeoutMs ?? 30_000,
      signal,
    };
    try {
      return await http.request(request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AppError("KUBE_UNREACHABLE", `${about}: the API server cannot be reached: ${reason}`, { cause: error });
    }
  }

  const raw = (wanted: RawRequest): Promise<JsonValue> => send(wanted, parseBody);

  async function readObject(wanted: RawRequest): Promise<KubeObject> {
    return asKubeObject(await raw(wanted));
  }

  async function* list(resource: ApiResource, selection: ListSelection = {}): AsyncGenerator<KubeObject> {
    let next = "";
    do {
      const query = {
        limit: String(selection.pageSize ?? defaultPageSize),
        ...(selection.labelSelector === undefined ? {} : { labelSelector: selection.labelSelector }),
        ...(next === "" ? {} : { continue: next }),
      };
      const path = collectionPath(resource, selection.namespace);
      const page = await raw({ method: "GET", path, query }).catch(async (error: unknown) => {
        // The pages took longer than the server keeps their state: the rest comes as it is now.
        const { continueToken } = statusOf(error) ?? {};
        if (!hasCode(error, "KUBE_EXPIRED") || continueToken === undefined) throw error;
        return raw({ method: "GET", path, query: { ...query, continue: continueToken } });
      });
      const items = isJsonObject(page) && Array.isArray(page["items"]) ? page["items"] : [];
      const metadata = isJsonObject(page) && isJsonObject(page["metadata"]) ? page["metadata"] : {};
      // Items of a typed list carry no apiVersion and kind of their own.
      const kind = { apiVersion: isJsonObject(page) ? page["apiVersion"] : undefined, kind: resource.kind };
      for (const item of items) yield asKubeObject(isJsonObject(item) ? { ...kind, ...item } : item);
      next = typeof metadata["continue"] === "string" ? metadata["continue"] : "";
    } while (next !== "");
  }

  return {
    raw,
    text: (wanted) => send(wanted, ({ body }) => body.toString("utf8")),
    list,
    get: async (target) => {
      try {
        return await readObject({ method: "GET", path: objectPath(target) });
      } catch (error) {
        if (error instanceof AppError && error.code === "KUBE_NOT_FOUND") return undefined;
        throw error;
      }
    },
    apply: async (target, object, options) =>
      readObject({
        method: "PATCH",
        path: objectPath(target),
        contentType: "application/apply-patch+yaml",
        body: object,
        query: {
          fieldManager: options.manager ?? fieldManager,
          force: String(options.force),
          ...(options.dryRun === true ? { dryRun: "All" } : {}),
        },
      }),
    create: async (target, object, options) =>
      readObject({
        method: "POST",
        path: collectionPath(target.resource, target.namespace),
        body: object,
        query: { fieldManager, ...(options?.dryRun === true ? { dryRun: "All" } : {}) },
      }),
    replace: async (target, object) =>
      readObject({ method: "PUT", path: objectPath(target), body: object, query: { fieldManager } }),
    remove: async (target, options) => {
      const body = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: options.propagation ?? "Background",
        preconditions: {
          uid: options.uid,
          ...(options.resourceVersion === undefined ? {} : { resourceVersion: options.resourceVersion }),
        },
      };
      try {
        const answer = await raw({ method: "DELETE", path: objectPath(target), body });
        return isJsonObject(answer) && answer["kind"] === "Status" ? "gone" : "lingering";
      } catch (error) {
        if (hasCode(error, "KUBE_NOT_FOUND")) return "gone";
        // Another uid by now, or a deletion under way already: the next look tells.
        if (hasCode(error, "KUBE_CONFLICT")) return "lingering";
        throw error;
      }
    },
    as: (other) => createKubeClient(deps, other),
  };
}

function parseBody(answer: HttpAnswer): JsonValue | undefined {
  try {
    return parseJson(answer.body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Returns the target of an object whose kind is served as `resource`. */
export function targetOf(resource: ApiResource, object: KubeObject): ObjectTarget {
  const { namespace = "", name = "" } = object.metadata;
  return { resource, namespace: resource.namespaced ? namespace : "", name };
}
