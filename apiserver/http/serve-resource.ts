import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { trackUpdate } from "../apply/track-update.ts";
import { ApiError, badRequest } from "../resources/api-error.ts";
import type { CustomSubresource, ResourceVerb, ReviewDefinition } from "../resources/resource-definition.ts";
import { decodeObject } from "../resources/verbs/decode-object.ts";
import { inServedVersion, metaTime, schemaOf, storageKeyOf } from "../resources/verbs/write-request.ts";
import type { Answer } from "./answer.ts";
import type { ResourcePath } from "./parse-request-path.ts";
import { mediaTypeOf, parseBody, readBody } from "./read-body.ts";
import { parseListOptions, parseWriteOptions } from "./request-query.ts";
import { callContext, managerOf, namespaceOf, type ResourceCall, type StoredCall } from "./resource-call.ts";
import { serveDelete, serveDeleteCollection } from "./serve-delete.ts";
import { servePatch } from "./serve-patch.ts";
import { serveGet, serveList } from "./serve-read.ts";
import { serveScale } from "./serve-scale.ts";
import { serveWatch } from "./serve-watch.ts";
import { serveCreate, serveUpdate } from "./serve-write.ts";

/** Returns what a request wants to do, undefined for methods that no resource has. */
export function verbOf(method: string, path: ResourcePath, query: URLSearchParams): ResourceVerb | undefined {
  const isCollection = path.name === "";
  switch (method) {
    case "GET":
    case "HEAD": {
      const watch = query.get("watch");
      const isWatch = path.watch || (watch !== null && watch !== "false" && watch !== "0");
      if (path.watch || (isCollection && isWatch)) return "watch";
      return isCollection ? "list" : "get";
    }
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return isCollection ? "deletecollection" : "delete";
    default:
      return undefined;
  }
}

/** Returns the 404 of a resource, or of a subresource, that is not served. */
export function noSuchResource(): ApiError {
  return new ApiError("NotFound", "the server could not find the requested resource", { details: {} });
}

/** Returns the 405 of a verb that the resource does not have. */
export function methodNotAllowed(): ApiError {
  return new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
    details: {},
  });
}

/** Answers a request to a kind; undefined when the answer was a stream that has ended. */
export async function serveStored(call: StoredCall, verb: ResourceVerb): Promise<Answer | undefined> {
  const { definition, path } = call;
  if (definition.warning !== undefined) call.warn(definition.warning);
  if (path.namespace !== "" && !definition.names.namespaced && path.resource !== "namespaces") throw noSuchResource();
  if (path.subresource !== "") return serveSubresource(call, verb);
  const isCollectionVerb = verb === "create" || verb === "deletecollection" || verb === "list";
  if (!definition.verbs.includes(verb) || (isCollectionVerb && path.name !== "")) throw methodNotAllowed();
  if (verb !== "watch" && !isCollectionVerb && path.name === "") throw methodNotAllowed();
  const needsNamespace = definition.names.namespaced && path.namespace === "";
  if (needsNamespace && verb !== "list" && verb !== "watch" && verb !== "deletecollection") throw noSuchResource();
  return serveVerb(call, verb);
}

async function serveVerb(call: StoredCall, verb: ResourceVerb): Promise<Answer | undefined> {
  switch (verb) {
    case "create":
      return serveCreate(call);
    case "delete":
      return serveDelete(call);
    case "deletecollection":
      return serveDeleteCollection(call);
    case "get":
      return serveGet(call);
    case "list":
      return serveList(call);
    case "patch":
      return servePatch(call);
    case "update":
      return serveUpdate(call);
    case "watch":
      await serveWatch(call, parseListOptions(call.query, true));
      return undefined;
  }
}

async function serveSubresource(call: StoredCall, verb: ResourceVerb): Promise<Answer | undefined> {
  const { definition, path } = call;
  const subresource = definition.subresources[path.subresource];
  if (subresource === undefined || path.name === "") throw noSuchResource();
  const allowed: readonly string[] = subresource.type === "custom" ? subresource.verbs : ["get", "patch", "update"];
  if (!allowed.includes(verb)) throw methodNotAllowed();
  switch (subresource.type) {
    case "status":
      return serveVerb(call, verb);
    case "scale":
      return serveScale(call, subresource);
    case "custom":
      return serveCustom(call, subresource);
  }
}

async function serveCustom(call: StoredCall, subresource: CustomSubresource): Promise<Answer> {
  const { definition, path, request } = call;
  const namespace = namespaceOf(path, definition.names);
  const parent = await definition.store.get({ resource: storageKeyOf(definition), namespace, name: path.name });
  const { dryRun } = parseWriteOptions(call.query, "CreateOptions");
  const { query, openSignal } = call;
  const context = { ...callContext(call, definition.names, dryRun), query, openSignal };
  const body = request.method === "GET" ? undefined : await readJsonObject(call, subresource.responseKind.kind);
  return {
    status: request.method === "POST" ? 201 : 200,
    body: await subresource.serve(inServedVersion(parent, definition), body, context),
  };
}

async function readJsonObject({ request, server }: ResourceCall, kind: string): Promise<JsonObject> {
  const bytes = await readBody(request, server.maxBodyBytes);
  const { value } = bytes.length === 0 ? { value: {} } : parseBody(bytes, mediaTypeOf(request), kind);
  if (isJsonObject(value)) return value;
  throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
}

/** Answers a POST to a kind that only answers questions. */
export async function serveReview(call: ResourceCall, definition: ReviewDefinition): Promise<Answer> {
  const { path, request, server } = call;
  if (request.method !== "POST" || path.name !== "") throw methodNotAllowed();
  const { names } = definition;
  const { dryRun, fieldManager, fieldValidation } = parseWriteOptions(call.query, "CreateOptions");
  const bytes = await readBody(request, server.maxBodyBytes);
  const raw = parseBody(bytes, mediaTypeOf(request), names.kind);
  const decoded = decodeObject(raw, { definition: { ...definition, builtIn: true }, fieldValidation, warn: call.warn });
  const object = trackUpdate({
    updated: decoded,
    manager: managerOf(request, fieldManager),
    schema: schemaOf(definition),
    time: metaTime(server.clock.now()),
  });
  return { status: 201, body: await definition.answer(object, callContext(call, names, dryRun)) };
}
