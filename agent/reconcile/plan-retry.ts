import { backoffMs, type Backoff } from "../../shared/backoff.ts";
import type { AppError, ErrorCode } from "../../shared/errors.ts";

/** Why an object could not be applied, as far as it matters for when to try again. */
export type FailureKind = "admission" | "conflict" | "permission" | "quota" | "busy" | "other";

/** What is over in a moment is tried again in a moment; what a person or an operator has to change is not asked for all the time. */
const bounds: Readonly<Record<FailureKind, Backoff>> = {
  /** Somebody wrote at the same time. */
  conflict: { baseMs: 200, maxMs: 10_000 },
  /** A server or webhook is away, or slow. */
  busy: { baseMs: 500, maxMs: 120_000 },
  /** Something else has to go first, which is often on its way. */
  quota: { baseMs: 5000, maxMs: 120_000 },
  /** Roles of the same commit may be a moment late. */
  permission: { baseMs: 2000, maxMs: 300_000 },
  /** A policy says no. */
  admission: { baseMs: 15_000, maxMs: 600_000 },
  other: { baseMs: 500, maxMs: 120_000 },
};

const kinds: Partial<Record<ErrorCode, FailureKind>> = {
  KUBE_ALREADY_EXISTS: "conflict",
  KUBE_BUSY: "busy",
  KUBE_CONFLICT: "conflict",
  KUBE_FORBIDDEN: "permission",
  KUBE_UNAVAILABLE: "busy",
  WAIT_TIMEOUT: "busy",
};

/** Returns the kind of a failure, by its code and the API server's words: quotas and policies answer with the codes of other faults. */
export function failureKind({ code, message }: AppError): FailureKind {
  if (code === "KUBE_FORBIDDEN" || code === "KUBE_INVALID") {
    if (/exceeded quota|insufficient quota/u.test(message)) return "quota";
    if (/admission webhook|ValidatingAdmissionPolicy|violates PodSecurity/u.test(message)) return "admission";
  }
  return kinds[code] ?? "other";
}

/**
 * Returns when objects that could not be applied are tried again, in milliseconds: the soonest of their times, each by the kind of
 * its failure and the number of tries in a row (`attempt`, from 1). What says when itself (`waiting`) is not asked sooner.
 */
export function planRetry(errors: readonly AppError[], attempt: number): number {
  const times = errors.map((error) => {
    const kind = failureKind(error);
    const known = kind === "other" ? undefined : backoffMs(attempt, bounds[kind]);
    switch (error.verdict) {
      case "stalled":
        return bounds.other.maxMs;
      case "waiting":
        return known ?? error.afterMs ?? bounds.other.maxMs;
      case "transient":
        return Math.max(error.afterMs ?? 0, known ?? backoffMs(attempt, bounds.other));
    }
  });
  return Math.min(...times, bounds.admission.maxMs);
}
