import type { ErrorCode, Verdict } from "../../shared/errors.ts";
import { AppError, errorCodes, toAppError } from "../../shared/errors.ts";
import type { FetchJob, FetchResult } from "./fetch-into-store.ts";
import type { ProxySettings } from "./git-http.ts";

/** From the hub to a fetch process. */
export type FetchRequest =
  | { readonly type: "configure"; readonly proxy: ProxySettings }
  | { readonly type: "fetch"; readonly job: FetchJob };

/** An error between processes. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly verdict: Verdict;
}

/** From a fetch process to the hub; one answer for each `fetch`. */
export type FetchAnswer =
  | { readonly type: "ready" }
  | { readonly type: "fetched"; readonly result: FetchResult }
  | { readonly type: "failed"; readonly error: PlainError };

/** Returns an error as data. */
export function plainError(error: unknown): PlainError {
  const { code, message, verdict } = toAppError(error);
  return { code, message, verdict };
}

/** Returns data as the error that it was. */
export function errorFromPlain(plain: PlainError): AppError {
  return new AppError(isErrorCode(plain.code) ? plain.code : "INTERNAL", plain.message, { verdict: plain.verdict });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
