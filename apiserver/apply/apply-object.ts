import type { JsonObject } from "../../codec/json-value.ts";
import { ApiError, badRequest } from "../resources/api-error.ts";
import { isApiObject, type ApiObject } from "../resources/api-object.ts";
import { applyConfiguration } from "./apply-configuration.ts";
import { applyConflict, type Conflicts } from "./apply-conflict.ts";
import { throughGoStruct } from "../resources/go-struct.ts";
import type { ApplyRequest } from "./apply-request.ts";
import { emptyLiveObject, identityOf, resetFieldsOf } from "./tracking.ts";
import { isEmptyFieldSet, subtractFields, type FieldSet } from "./field-set.ts";
import { fieldsOfClientSideApply, kubectlManager, refreshLastApplied } from "./last-applied.ts";
import {
  decodeOwners,
  managerKey,
  withOwners,
  withoutManagedFields,
  type Owners,
  type Ownership,
} from "./managed-fields.ts";
import { keepTimestamps } from "./keep-timestamps.ts";
import { structureOf } from "./structure.ts";
import { reconcileOwners, stripNobodysFields, updateOwners } from "./update-owners.ts";
import { formatProblems, validateStructure } from "./validate-structure.ts";
import { ConversionError, createVersionConverter, type VersionConverter } from "./versioned-object.ts";

/** What an apply makes of an object. */
export interface ApplyResult {
  /** The object with its managedFields, not yet defaulted. */
  readonly object: ApiObject;
  /** Whether anything besides managedFields differs from the live object. */
  readonly changed: boolean;
}

/**
 * Returns the object that a server-side apply leads to. Throws ApiError: Conflict, with a cause for each field, when
 * fields of others would change and `force` is not set; BadRequest for another version than the schema's or for a
 * configuration with managedFields; Unknown (500, as kube-apiserver answers) when it does not fit the schema.
 */
export function applyObject(request: ApplyRequest): ApplyResult {
  const { applied, schema } = request;
  checkConfiguration(request);
  const live = withoutManagedFields(request.live ?? emptyLiveObject(applied, schema));
  const converter = createVersionConverter(schema, applied);
  try {
    return applyForKubectlToo({ request, live, owners: startingOwners(request, live, converter), converter });
  } catch (error) {
    if (error instanceof ConversionError) throw new ApiError("Unknown", error.message, { cause: error });
    throw error;
  }
}

/** Applies, by force where `kubectl` meets only conflicts with its own client-side apply. */
function applyForKubectlToo(attempt: Omit<Attempt, "force">): ApplyResult {
  const { request, live } = attempt;
  const { schema } = request;
  const run = (force: boolean): ApplyResult => applyOnce({ ...attempt, force });
  if (request.manager !== kubectlManager || request.force) return run(request.force);
  try {
    return run(false);
  } catch (error) {
    if (!(error instanceof ApplyConflictError)) throw error;
    const disputed = conflictsBeyondClientSideApply(
      error.conflicts,
      fieldsOfClientSideApply(live, structureOf(schema)),
    );
    if (disputed.size > 0) throw applyConflict(disputed, error.owners);
    return run(true);
  }
}

class ApplyConflictError extends ApiError {
  readonly conflicts: Conflicts;
  readonly owners: Owners;

  constructor(conflicts: Conflicts, owners: Owners) {
    const { reason, message, details } = applyConflict(conflicts, owners);
    super(reason, message, details === undefined ? {} : { details });
    this.conflicts = conflicts;
    this.owners = owners;
  }
}

/** Returns none when all conflicts lie in what client-side apply had set; else those that do not. */
function conflictsBeyondClientSideApply(conflicts: Conflicts, allowed: FieldSet | undefined): Conflicts {
  if (allowed === undefined) return conflicts;
  const rest = [...conflicts].map(([key, fields]) => [key, subtractFields(fields, allowed)] as const);
  return new Map(rest.filter(([, fields]) => !isEmptyFieldSet(fields)));
}

function checkConfiguration({ applied, schema, live }: ApplyRequest): void {
  if (live !== undefined && live.apiVersion !== applied.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${applied.apiVersion}, expected: ${live.apiVersion}`,
    );
  }
  if ((applied.metadata.managedFields ?? null) !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const problems = validateStructure(applied, structureOf(schema), { allowDuplicates: false });
  if (problems.length === 0) return;
  const { namespace = "", name = "" } = applied.metadata;
  const subject = `${namespace}/${name}; ${applied.apiVersion}, Kind=${applied.kind}`;
  throw new ApiError("Unknown", `failed to create typed patch object (${subject}): ${formatProblems(problems)}`);
}

/** Owners before the apply; what exists without any is recorded as `before-first-apply`. */
function startingOwners(request: ApplyRequest, live: ApiObject, converter: VersionConverter): Owners {
  const owners = readOwners(request.live);
  if (owners.size > 0) return reconcileOwners(owners, live, converter);
  if (request.live === undefined) return owners;
  const by = { ...identityOf(request, request.applied, "Update"), manager: "before-first-apply" };
  const empty = emptyLiveObject(request.applied, request.schema);
  const resetFields = resetFieldsOf(request);
  return updateOwners({ live: empty, changed: live, owners, by, converter, resetFields }, request.time);
}

function readOwners(live: ApiObject | undefined): Owners {
  try {
    return decodeOwners(live?.metadata.managedFields);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiError("Unknown", `failed to decode managed fields: ${error.message}`, { cause: error });
  }
}

interface Attempt {
  readonly request: ApplyRequest;
  readonly live: ApiObject;
  readonly owners: Owners;
  readonly converter: VersionConverter;
  readonly force: boolean;
}

function applyOnce({ request, live, owners, converter, force }: Attempt): ApplyResult {
  const { applied, schema, time } = request;
  const by = identityOf(request, applied, "Apply");
  const resetFields = resetFieldsOf(request);
  const result = applyConfiguration({ live, config: applied, schema, owners, by, converter, resetFields });
  if (!force && result.conflicts.size > 0) throw new ApplyConflictError(result.conflicts, owners);
  const changed = result.object !== undefined;
  const object = toApiObject(result.object ?? live, live);
  const next = setApplier(result.owners, managerKey(by), changed ? time : undefined);
  const refreshed = by.manager === kubectlManager ? refreshLastApplied(object, applied) : object;
  const applyResult = withOwners(throughGoStruct(refreshed, schema), next);
  // `1000m` where the object has `1` is no change once it went through its Go struct.
  return { object: request.live === undefined ? applyResult : keepTimestamps(request.live, applyResult), changed };
}

function setApplier(owners: Owners, key: string, time: string | undefined): Owners {
  const mine: Ownership | undefined = owners.get(key);
  if (mine === undefined) return owners;
  const fields = stripNobodysFields(mine.fields);
  const next = new Map(owners);
  if (isEmptyFieldSet(fields)) next.delete(key);
  else next.set(key, { ...mine, fields, time: time ?? mine.time });
  return next;
}

function toApiObject(object: JsonObject, live: ApiObject): ApiObject {
  if (isApiObject(object)) return object;
  return { ...object, apiVersion: live.apiVersion, kind: live.kind, metadata: live.metadata };
}
