import { AppError } from "../../shared/errors.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import { printableUrl } from "../../shared/git-remote.ts";

/** What the translation needs of the request that failed. */
export interface FailedRequest {
  readonly remote: GitRemote;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

const certificateCodes = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|HOSTNAME_MISMATCH|ERR_SSL_)/u;

/**
 * Returns the error of a connection as an `AppError`, decided by its code. A cancelled request gives the caller's
 * own reason back.
 */
export function translateHttpError(error: unknown, request: FailedRequest): unknown {
  if (error instanceof AppError) return error;
  if (request.signal?.aborted === true) return request.signal.reason;
  const address = printableUrl(request.remote.url);
  const { code, name } = namesOf(error);
  if (name === "AbortError" || name === "TimeoutError") {
    return unreachable(`${address}: no complete answer within ${request.timeoutMs} ms`, error);
  }
  if (certificateCodes.test(code)) {
    const problem = `${address}: its certificate is not trusted (${code}); set caBundle, or check the host name`;
    return new AppError("GIT_UNREACHABLE", problem, { verdict: "stalled", cause: error });
  }
  return unreachable(`${address}: the connection failed${code === "" ? "" : ` (${code})`}`, error);
}

function namesOf(error: unknown): { code: string; name: string } {
  if (!(error instanceof Error)) return { code: "", name: "" };
  const code: unknown = "code" in error ? error.code : "";
  return { code: typeof code === "string" ? code : "", name: error.name };
}

function unreachable(message: string, cause: unknown): AppError {
  return new AppError("GIT_UNREACHABLE", message, { cause });
}
