import { ApiError, type StatusReason } from "../../apiserver/resources/api-error.ts";
import type { AppError, ErrorCode } from "../../shared/errors.ts";

const reasons: Partial<Record<ErrorCode, StatusReason>> = {
  AGENT_OFFLINE: "ServiceUnavailable",
  AGENT_SILENT: "Timeout",
  ANSWER_REFUSED: "Forbidden",
  ANSWER_TOO_LARGE: "RequestEntityTooLarge",
  CLUSTERS_INVALID: "NotFound",
  GIT_AUTH_FAILED: "Forbidden",
  GIT_REF_NOT_FOUND: "NotFound",
  GIT_UNREACHABLE: "ServiceUnavailable",
  KUBE_FORBIDDEN: "Forbidden",
  KUBE_NOT_FOUND: "NotFound",
  KUBE_UNREACHABLE: "ServiceUnavailable",
  QUESTIONS_TOO_MANY: "TooManyRequests",
  QUESTION_UNKNOWN: "BadRequest",
};

/** Returns why a question has no answer in the terms of a Kubernetes Status; its message names the code. */
export function asApiError(error: AppError): ApiError {
  return new ApiError(reasons[error.code] ?? "InternalError", `${error.code}: ${error.message}`, { cause: error });
}
