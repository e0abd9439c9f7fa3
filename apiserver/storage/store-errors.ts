import {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  expired,
  notFound,
  type GroupResource,
} from "../resources/api-error.ts";
import { quoteGoString } from "../resources/go-text.ts";
import type { ObjectKey } from "./object-store.ts";

/** Returns group and plural of a key, for error messages. */
export function groupResourceOf({ resource }: Pick<ObjectKey, "resource">): GroupResource {
  const slash = resource.indexOf("/");
  return { group: resource.slice(0, slash), resource: resource.slice(slash + 1) };
}

/** Returns the NotFound of a key. */
export function missingObject(key: ObjectKey): ApiError {
  return notFound(groupResourceOf(key), key.name);
}

/** Returns the AlreadyExists of a key. */
export function existingObject(key: ObjectKey): ApiError {
  return alreadyExists(groupResourceOf(key), key.name);
}

/** Returns the Conflict of a key. */
export function conflictingWrite(key: ObjectKey, problem: string): ApiError {
  return conflict(groupResourceOf(key), key.name, problem);
}

/** Returns the 410 of a version that is no longer remembered (etcd: compacted). */
export function expiredVersion(version: number, current: number): ApiError {
  return expired(`too old resource version: ${version} (${current})`);
}

/** Returns the 504 of a version that has not been reached. */
export function futureVersion(version: number, current: number): ApiError {
  return new ApiError("Timeout", `Timeout: Too large resource version: ${version}, current: ${current}`, {
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });
}

/** Returns the 400 of a version that is no decimal number. */
export function badResourceVersion(text: string): ApiError {
  const quoted = quoteGoString(text);
  return badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
  );
}

/** Returns the 400 of a continue token that is none. */
export function badContinueToken(): ApiError {
  return badRequest("invalid continue token: continue key is not valid: unrecognized token");
}

/** What kube-apiserver says when the version of a paged list was compacted (pkg/storage/errors of k8s.io/apiserver). */
export const expiredContinueMessage =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";

/** A 410 that carries a token with which the list may go on, inconsistently. */
export class ExpiredContinueError extends ApiError {
  readonly continueToken: string;

  constructor(continueToken: string) {
    super("Expired", expiredContinueMessage);
    this.continueToken = continueToken;
  }
}
