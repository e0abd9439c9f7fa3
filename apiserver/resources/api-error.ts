import type { ApiObject } from "./api-object.ts";
import { formatFieldError, type FieldError } from "./field-error.ts";
import { quoteGoString } from "./go-text.ts";

/** Reasons of `v1` Status with the HTTP code that goes with each (metav1.StatusReason). */
const codes = {
  AlreadyExists: 409,
  BadRequest: 400,
  Conflict: 409,
  Expired: 410,
  Forbidden: 403,
  Gone: 410,
  InternalError: 500,
  Invalid: 422,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  NotFound: 404,
  RequestEntityTooLarge: 413,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  TooManyRequests: 429,
  Unauthorized: 401,
  Unknown: 500,
  UnsupportedMediaType: 415,
} as const;

/** Why a request failed, in the words of `v1` Status; `Unknown` is shown as a Status without a reason. */
export type StatusReason = keyof typeof codes;

/** One cause of a failure: a field and what is wrong with it. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** What a Status says about the object concerned; `kind` is the resource (`deployments`) except in Invalid. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What an `ApiError` may carry besides reason and message. */
export interface ApiErrorOptions {
  readonly details?: StatusDetails;
  readonly cause?: unknown;
}

/** A failure that the client sees as a Status object; the message is worded as kube-apiserver words it. */
export class ApiError extends Error {
  readonly reason: StatusReason;
  readonly code: number;
  readonly details: StatusDetails | undefined;

  constructor(reason: StatusReason, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ApiError";
    this.reason = reason;
    this.code = codes[reason];
    this.details = options.details;
  }
}

/** A resource by group and plural name; the core group is the empty string. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** Returns `deployments.apps`, or `pods` in the core group. */
function formatGroupResource({ group, resource }: GroupResource): string {
  return group === "" ? resource : `${resource}.${group}`;
}

function detailsOf({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: resource };
}

/** Returns 404 `deployments.apps "web" not found`. */
export function notFound(resource: GroupResource, name: string): ApiError {
  const message = `${formatGroupResource(resource)} ${quoteGoString(name)} not found`;
  return new ApiError("NotFound", message, { details: detailsOf(resource, name) });
}

/** Returns 409 `deployments.apps "web" already exists`. */
export function alreadyExists(resource: GroupResource, name: string): ApiError {
  const message = `${formatGroupResource(resource)} ${quoteGoString(name)} already exists`;
  return new ApiError("AlreadyExists", message, { details: detailsOf(resource, name) });
}

/** Returns 409 `Operation cannot be fulfilled on deployments.apps "web": <problem>`. */
export function conflict(resource: GroupResource, name: string, problem: string): ApiError {
  const message = `Operation cannot be fulfilled on ${formatGroupResource(resource)} ${quoteGoString(name)}: ${problem}`;
  return new ApiError("Conflict", message, { details: detailsOf(resource, name) });
}

/** What kube-apiserver answers when an update carries another resourceVersion than the stored object has. */
export const staleVersionProblem =
  "the object has been modified; please apply your changes to the latest version and try again";

/** Returns 403 `deployments.apps "web" is forbidden: <problem>`; with no name, `deployments.apps is forbidden: …`. */
export function forbidden(resource: GroupResource, name: string, problem: string): ApiError {
  const subject = name === "" ? "" : ` ${quoteGoString(name)}`;
  const message = `${formatGroupResource(resource)}${subject} is forbidden: ${problem}`;
  return new ApiError("Forbidden", message, { details: detailsOf(resource, name) });
}

/** Returns 400 with the message as it is. */
export function badRequest(message: string): ApiError {
  return new ApiError("BadRequest", message);
}

/** Returns 405 `patch is not supported on resources of kind "pods"`. */
export function methodNotSupported(resource: GroupResource, action: string): ApiError {
  const message = `${action} is not supported on resources of kind ${quoteGoString(formatGroupResource(resource))}`;
  return new ApiError("MethodNotAllowed", message, { details: detailsOf(resource, "") });
}

/** Returns 410, reason Expired, with the message as it is. */
export function expired(message: string): ApiError {
  return new ApiError("Expired", message);
}

/** Returns 415 naming the media types that would have been accepted. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  return new ApiError(
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

/**
 * Returns 422 `Deployment.apps "web" is invalid: spec.replicas: Required value` with a cause for each fault. Several
 * faults stand in brackets; the same text is printed once (errors.NewAggregate of k8s.io/apimachinery).
 */
export function invalidObject(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  faults: readonly FieldError[],
): ApiError {
  const texts = [...new Set(faults.map(formatFieldError))];
  const listed = texts.length === 1 ? `: ${texts[0]}` : texts.length === 0 ? "" : `: [${texts.join(", ")}]`;
  const subject = formatGroupResource({ group: kind.group, resource: kind.kind });
  const causes = faults.map((fault) => ({ reason: fault.type, message: fault.body, field: fault.field }));
  const details = { ...detailsOf({ group: kind.group, resource: kind.kind }, name), causes };
  return new ApiError("Invalid", `${subject} ${quoteGoString(name)} is invalid${listed}`, { details });
}

/** Returns the `v1` Status object of a failure; an error that is no `ApiError` is shown as 500 with its message. */
export function toStatus(error: unknown): ApiObject {
  if (!(error instanceof ApiError)) {
    return toStatus(new ApiError("Unknown", error instanceof Error ? error.message : String(error)));
  }
  const { causes, ...details } = error.details ?? {};
  const shown = { ...details, ...(causes === undefined ? {} : { causes: causes.map((cause) => ({ ...cause })) }) };
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: error.message,
    ...(error.reason === "Unknown" ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: shown }),
    code: error.code,
  };
}
