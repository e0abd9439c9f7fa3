import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { AppError, type AppErrorOptions, type ErrorCode } from "../../shared/errors.ts";

/** One cause in a Kubernetes Status: for a conflict, the manager's sentence and the field. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What we read of a `v1` Status. */
export interface KubeStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly StatusCause[];
  /** When the server wants to be asked again, at most ten minutes from now. */
  readonly retryAfterMs: number | undefined;
  /** Of a list that took too long (410): where it can go on, with what is there now. */
  readonly continueToken?: string;
}

/** The `Status` of a failed request, as `cause` of the `AppError`. */
export class KubeStatusError extends Error {
  readonly status: KubeStatus;

  constructor(status: KubeStatus) {
    super(status.message);
    this.name = "KubeStatusError";
    this.status = status;
  }
}

/** Returns the Kubernetes Status that an error came from, if it came from one. */
export function statusOf(error: unknown): KubeStatus | undefined {
  if (error instanceof AppError && error.cause instanceof KubeStatusError) return error.cause.status;
  return undefined;
}

/** Returns whether an error is an answer with this code of ours. */
export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}

/** A failed answer as it came over the wire. */
export interface FailedAnswer {
  readonly code: number;
  readonly body: JsonValue | undefined;
  /** The header `Retry-After`: what refuses for lack of room says it there alone. */
  readonly retryAfter?: string | undefined;
}

/** A server, or what answers in its place, is not obeyed beyond this. */
const longestRetryAfterMs = 600_000;

/** Returns a failed answer's Status; one made from the HTTP code when the body holds none. */
export function readStatus({ code, body, retryAfter }: FailedAnswer, fallback: string): KubeStatus {
  const status = isJsonObject(body) && body["kind"] === "Status" ? body : {};
  const details = isJsonObject(status["details"]) ? status["details"] : {};
  const metadata = isJsonObject(status["metadata"]) ? status["metadata"] : {};
  const continueToken = text(metadata["continue"]);
  return {
    code,
    reason: text(status["reason"]),
    message: text(status["message"]) || fallback,
    causes: Array.isArray(details["causes"]) ? details["causes"].filter(isJsonObject).map(readCause) : [],
    retryAfterMs: retryTime(Number(retryAfter ?? Number.NaN)) ?? retryTime(Number(details["retryAfterSeconds"])),
    ...(continueToken === "" ? {} : { continueToken }),
  };
}

function retryTime(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds * 1000, longestRetryAfterMs) : undefined;
}

function readCause(cause: JsonObject): StatusCause {
  return { reason: text(cause["reason"]), message: text(cause["message"]), field: text(cause["field"]) };
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Returns the error for a failed answer: its code by HTTP code and reason, its verdict by what a retry can change. */
export function kubeError(status: KubeStatus, about: string): AppError {
  const [code, options] = classify(status);
  return new AppError(code, `${about}: ${status.message}`, {
    ...options,
    ...(status.retryAfterMs === undefined ? {} : { afterMs: status.retryAfterMs }),
    details: { httpCode: status.code, reason: status.reason },
    cause: new KubeStatusError(status),
  });
}

function classify(status: KubeStatus): [ErrorCode, AppErrorOptions] {
  switch (status.code) {
    case 400:
    case 413:
    case 422:
      return ["KUBE_INVALID", { verdict: "waiting", afterMs: 60_000 }];
    case 401:
      return ["KUBE_UNAUTHORIZED", {}];
    case 403:
      return ["KUBE_FORBIDDEN", {}];
    case 404:
      return ["KUBE_NOT_FOUND", {}];
    case 409:
      return [status.reason === "AlreadyExists" ? "KUBE_ALREADY_EXISTS" : "KUBE_CONFLICT", {}];
    case 410:
      return ["KUBE_EXPIRED", {}];
    case 429:
      return ["KUBE_BUSY", {}];
    default:
      return ["KUBE_UNAVAILABLE", {}];
  }
}
