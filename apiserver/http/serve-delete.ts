import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { badRequest } from "../resources/api-error.ts";
import { unsupportedValue } from "../resources/field-error.ts";
import { deleteObject, type DeleteOptions, type PropagationPolicy } from "../resources/verbs/delete-object.ts";
import { ok, type Answer } from "./answer.ts";
import { listObjects } from "./serve-read.ts";
import { presentList, presentObject } from "./present.ts";
import { mediaTypeOf, parseBody, readBody } from "./read-body.ts";
import { invalidOptions, parseListOptions, parseWriteOptions } from "./request-query.ts";
import { writeRequestOf, type StoredCall } from "./resource-call.ts";
import { ApiError } from "../resources/api-error.ts";

/** Answers a DELETE of one object: a Status when it is gone, the object when something still holds it. */
export async function serveDelete(call: StoredCall): Promise<Answer> {
  const { options, dryRun } = await readDeleteOptions(call);
  const base = writeRequestOf(call, parseWriteOptions(call.query, "DeleteOptions"));
  const request = { ...base, dryRun: base.dryRun || dryRun };
  const { object, removed } = await deleteObject(options, { request, parts: call.server });
  if (!removed) return ok(presentObject(object, call));
  const { group, plural } = call.definition.names;
  const { uid } = object.metadata;
  return ok({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: call.path.name,
      ...(group === "" ? {} : { group }),
      kind: plural,
      ...(uid === undefined ? {} : { uid }),
    },
  });
}

/** Answers a DELETE of a collection with the list of what was deleted. */
export async function serveDeleteCollection(call: StoredCall): Promise<Answer> {
  const { options, dryRun } = await readDeleteOptions(call);
  const base = writeRequestOf(call, parseWriteOptions(call.query, "DeleteOptions"));
  const list = await listObjects(call, parseListOptions(call.query, false));
  for (const { metadata } of list.items) {
    const { name = "", namespace = "" } = metadata;
    const request = { ...base, dryRun: base.dryRun || dryRun, name, namespace };
    await deleteObject(options, { request, parts: call.server }).catch(ignoreMissing);
  }
  return ok(presentList(list, call));
}

/** Somebody else was faster. */
function ignoreMissing(error: unknown): void {
  if (!(error instanceof ApiError) || error.reason !== "NotFound") throw error;
}

interface ReadOptions {
  readonly options: DeleteOptions;
  readonly dryRun: boolean;
}

async function readDeleteOptions(call: StoredCall): Promise<ReadOptions> {
  const bytes = await readBody(call.request, call.server.maxBodyBytes);
  const fromQuery = optionsOfQuery(call.query);
  if (bytes.length === 0) return { options: checkedOptions(fromQuery), dryRun: false };
  const { value } = parseBody(bytes, mediaTypeOf(call.request), "DeleteOptions");
  if (!isJsonObject(value)) throw badRequest("the object provided is unrecognized (must be of type DeleteOptions)");
  const dryRun = Array.isArray(value["dryRun"]) && value["dryRun"].includes("All");
  return { options: checkedOptions({ ...fromQuery, ...value }), dryRun };
}

function optionsOfQuery(query: URLSearchParams): JsonObject {
  const grace = query.get("gracePeriodSeconds");
  const policy = query.get("propagationPolicy");
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

function checkedOptions(given: JsonObject): DeleteOptions {
  const { gracePeriodSeconds, propagationPolicy, preconditions, orphanDependents } = given;
  const policy = orphanDependents === true ? "Orphan" : (propagationPolicy ?? undefined);
  if (policy !== undefined && !isPolicy(policy)) {
    const supported = ["Foreground", "Background", "Orphan", "nil"];
    throw invalidOptions("DeleteOptions", [unsupportedValue("propagationPolicy", policy, supported)]);
  }
  return {
    gracePeriodSeconds: typeof gracePeriodSeconds === "number" ? Math.max(0, gracePeriodSeconds) : undefined,
    propagationPolicy: policy,
    preconditions: isJsonObject(preconditions)
      ? { uid: textOf(preconditions["uid"]), resourceVersion: textOf(preconditions["resourceVersion"]) }
      : undefined,
  };
}

function isPolicy(value: unknown): value is PropagationPolicy {
  return value === "Background" || value === "Foreground" || value === "Orphan";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
