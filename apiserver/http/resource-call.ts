import type { IncomingMessage, ServerResponse } from "node:http";
import type { ResourceRegistry } from "../resources/resource-registry.ts";
import type { HookContext, ResourceDefinition, ResourceNames, UserInfo } from "../resources/resource-definition.ts";
import type { WriteRequest, WriterParts } from "../resources/verbs/write-request.ts";
import type { ResourcePath } from "./parse-request-path.ts";
import type { WriteOptions } from "./request-query.ts";

/** What endpoints need of the server. */
export interface ServerParts extends WriterParts {
  readonly registry: ResourceRegistry;
  readonly maxBodyBytes: number;
  /** Idle time after which a watcher that asked for bookmarks gets one. */
  readonly bookmarkEveryMs: number;
}

/** One request to a kind's endpoint, authenticated and authorised. */
export interface ResourceCall {
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly user: UserInfo;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: ServerParts;
  /** Returns a signal that is aborted when the client goes away or the server stops; made for streams only. */
  readonly openSignal: () => AbortSignal;
  readonly warn: (text: string) => void;
}

/** A call to a kind whose objects are stored. */
export interface StoredCall extends ResourceCall {
  readonly definition: ResourceDefinition;
}

/** Returns the manager that managedFields name: the one given, else the client's program name. */
export function managerOf(request: IncomingMessage, given: string): string {
  if (given !== "") return given;
  const agent = request.headers["user-agent"] ?? "";
  const program = agent.split("/")[0] ?? "";
  return (program === "" ? "unknown" : program).slice(0, 128);
}

/** Returns the namespace of the objects concerned: "" for cluster-scoped kinds. */
export function namespaceOf(path: ResourcePath, names: ResourceNames): string {
  return names.namespaced ? path.namespace : "";
}

/** Returns the write that a call asks for. */
export function writeRequestOf(call: StoredCall, options: WriteOptions): WriteRequest {
  const { definition, path, user, warn } = call;
  return {
    definition,
    namespace: namespaceOf(path, definition.names),
    name: path.name,
    subresource: path.subresource,
    user,
    fieldManager: managerOf(call.request, options.fieldManager),
    dryRun: options.dryRun,
    fieldValidation: options.fieldValidation,
    warn,
  };
}

/** Returns what hooks are told of a call that is no write of a stored object. */
export function callContext(call: ResourceCall, names: ResourceNames, dryRun: boolean): HookContext {
  const { path, user, warn, server } = call;
  return {
    user,
    namespace: namespaceOf(path, names),
    name: path.name,
    dryRun,
    subresource: path.subresource,
    nowMs: server.clock.now(),
    warn,
  };
}
