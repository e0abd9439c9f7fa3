import { ApiError, badRequest, conflict, invalidObject, staleVersionProblem } from "../api-error.ts";
import type { ApiObject } from "../api-object.ts";
import { valueFault } from "../field-error.ts";
import { jsonEqual, withoutFields } from "../json-fields.ts";
import { validateFields } from "../schema/validate-fields.ts";
import { shapeObject } from "./decode-object.ts";
import { recordUpdate, type ChangeOptions, type Writing } from "./record-fields.ts";
import { carryMetadata } from "./stamp-metadata.ts";
import { distinctFaults, validateMetadata } from "./validate-metadata.ts";
import { hookContext, inServedVersion, keyOf, schemaOf, targetOf } from "./write-request.ts";

/** How often a write is tried again when another one came between reading and writing. */
const maxWriteAttempts = 5;

/** Makes the new state of an object from the stored one. */
export type Change = (live: ApiObject) => ApiObject | Promise<ApiObject>;

/**
 * Replaces an object by what the client sent and returns it. An object without resourceVersion overwrites (built-in
 * kinds); with one it must be the stored one's. Throws NotFound, Conflict, Invalid.
 */
export async function replaceObject(object: ApiObject, writing: Writing): Promise<ApiObject> {
  const { request } = writing;
  const { name = "", namespace = "", resourceVersion = "" } = object.metadata;
  if (name !== request.name) {
    throw badRequest(
      name === ""
        ? `the name of the object (${request.name} based on URL) was undeterminable: name must be provided`
        : `the name of the object (${name}) does not match the name on the URL (${request.name})`,
    );
  }
  if (namespace !== "" && namespace !== request.namespace && request.definition.names.namespaced) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (resourceVersion === "" && !request.definition.builtIn) {
    const problem = { value: 0, detail: "must be specified for an update" };
    const fault = valueFault("FieldValueInvalid", "metadata.resourceVersion", problem);
    // Kubernetes names the resource here, not the kind.
    throw invalidObject({ group: request.definition.names.group, kind: request.definition.names.plural }, name, [
      fault,
    ]);
  }
  return changeObject(() => object, writing, { tracked: true });
}

/** Reads an object, changes it, checks and stores it, again when somebody else was faster; returns the stored object. */
export async function changeObject(change: Change, writing: Writing, options: ChangeOptions): Promise<ApiObject> {
  const { request, parts } = writing;
  await parts.admit(request, "UPDATE");
  for (let attempt = 1; ; attempt++) {
    const live = await request.definition.store.get(keyOf(request));
    try {
      return await changeOnce(live, { change, writing, options });
    } catch (error) {
      const isLate = error instanceof StaleReadError;
      if (!isLate || attempt >= maxWriteAttempts) throw isLate ? error.conflict : error;
    }
  }
}

class StaleReadError extends Error {
  readonly conflict: ApiError;

  constructor(conflict: ApiError) {
    super(conflict.message, { cause: conflict });
    this.conflict = conflict;
  }
}

interface Attempt {
  readonly change: Change;
  readonly writing: Writing;
  readonly options: ChangeOptions;
}

async function changeOnce(live: ApiObject, { change, writing, options }: Attempt): Promise<ApiObject> {
  const { request } = writing;
  const served = inServedVersion(live, request.definition);
  const wanted = await change(served);
  checkIdentity(wanted, served, writing);
  const updated = await prepareUpdate(wanted, served, writing);
  const recorded = options.tracked ? recordUpdate(updated, served, writing) : updated;
  const tracked = request.definition.strategy.allot?.(recorded) ?? recorded;
  if (isUnchanged(tracked, served)) return served;
  return inServedVersion(await store(tracked, live, writing), request.definition);
}

function checkIdentity(wanted: ApiObject, live: ApiObject, { request }: Writing): void {
  const { uid = "", resourceVersion = "" } = wanted.metadata;
  if (uid !== "" && uid !== live.metadata.uid) {
    const problem = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ""}`;
    throw conflict(targetOf(request), request.name, problem);
  }
  if (resourceVersion !== "" && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(targetOf(request), request.name, staleVersionProblem);
  }
}

/** Returns the object as it will be stored: what an update may not touch is the live object's, the rest is valid. */
async function prepareUpdate(wanted: ApiObject, live: ApiObject, writing: Writing): Promise<ApiObject> {
  const { request, parts } = writing;
  const { definition } = request;
  const context = hookContext(request, parts.clock.now());
  const merged = carryMetadata(mergeParts(wanted, live, writing), live, request);
  const prepared = (await definition.strategy.prepareForUpdate?.(merged, live, context)) ?? merged;
  const shaped = shapeObject(prepared, { ...request, fieldValidation: "Ignore" });
  const faults = distinctFaults([
    ...validateMetadata(shaped, definition),
    ...((await definition.strategy.validateUpdate?.(shaped, live, context)) ?? []),
    ...validateFields(shaped, schemaOf(definition)),
  ]);
  if (faults.length > 0) throw invalidObject(definition.names, request.name, faults);
  return shaped;
}

/** Status and the rest are written apart from each other, where status is a subresource. */
function mergeParts(wanted: ApiObject, live: ApiObject, { request }: Writing): ApiObject {
  if (request.definition.subresources["status"] === undefined) return wanted;
  if (request.subresource === "status") {
    const { managedFields } = wanted.metadata;
    const metadata = managedFields === undefined ? live.metadata : { ...live.metadata, managedFields };
    return withStatus({ ...live, metadata }, wanted);
  }
  return withStatus(wanted, live);
}

function withStatus(object: ApiObject, source: ApiObject): ApiObject {
  const { status } = source;
  const { apiVersion, kind, metadata } = object;
  const rest = { ...withoutFields(object, "status"), apiVersion, kind, metadata };
  return status === undefined ? rest : { ...rest, status };
}

function isUnchanged(updated: ApiObject, live: ApiObject): boolean {
  const { resourceVersion } = live.metadata;
  const metadata = resourceVersion === undefined ? updated.metadata : { ...updated.metadata, resourceVersion };
  return jsonEqual({ ...updated, metadata }, live);
}

async function store(updated: ApiObject, live: ApiObject, { request }: Writing): Promise<ApiObject> {
  const { store: objects, strategy } = request.definition;
  const key = keyOf(request);
  const preconditions = { uid: live.metadata.uid, resourceVersion: live.metadata.resourceVersion };
  if (request.dryRun) return updated;
  try {
    const stored = await objects.update(key, updated, preconditions);
    if (!mayGo(stored, request.definition.strategy.holdsRemoval?.(stored) ?? false)) {
      strategy.afterWrite?.({ object: stored, previous: live });
      return stored;
    }
    const removed = await objects.delete(key, { uid: stored.metadata.uid });
    strategy.afterWrite?.({ object: removed, previous: live });
    return stored;
  } catch (error) {
    if (error instanceof ApiError && error.reason === "Conflict") throw new StaleReadError(error);
    throw error;
  }
}

/** Whether a deleted object has lost the last of what held it. */
function mayGo({ metadata }: ApiObject, isHeld: boolean): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0 && !isHeld;
}
