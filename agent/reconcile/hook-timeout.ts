import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";

/** Helm's `--timeout`. Fleet leaves it unset, which Helm 4 takes for 30 s: too short for the Jobs that hooks mostly are. */
export const defaultTimeoutMs = 300_000;

/** Returns how long one hook may take, in milliseconds. */
export function hookTimeoutMs(options: DeploymentOptions): number {
  const seconds = options.helm?.timeoutSeconds ?? 0;
  return seconds > 0 ? seconds * 1000 : defaultTimeoutMs;
}

/**
 * Returns how long a deployment waits for its objects to be ready, in milliseconds; 0: not at all. As in Helm, `atomic` waits
 * also where no time is given (`pkg/action/upgrade.go`).
 */
export function waitMsOf(options: DeploymentOptions): number {
  const { timeoutSeconds = 0, atomic = false } = options.helm ?? {};
  return timeoutSeconds > 0 || atomic ? hookTimeoutMs(options) : 0;
}
