/** What a chart's `.Release` says besides name and namespace. */
export interface ReleaseFacts {
  /** 1 for the first deployment, one more for each that is applied after it. */
  readonly revision: number;
  readonly isUpgrade: boolean;
}

/** What charts were told in the deployment that was applied last. */
export interface AppliedRelease extends ReleaseFacts {
  readonly deploymentId: string;
}

/** What a first deployment is told, and every render without a cluster. */
export const firstRelease: ReleaseFacts = { revision: 1, isUpgrade: false };

/**
 * Returns what charts are told in a deployment. A deployment that was applied is told the same ever after, so that
 * rendering it again gives the same bytes; another one is an upgrade of what was applied last, however often it is tried.
 */
export function releaseFactsOf(applied: AppliedRelease | undefined, deploymentId: string): ReleaseFacts {
  if (applied === undefined) return firstRelease;
  const { revision, isUpgrade } = applied;
  return applied.deploymentId === deploymentId ? { revision, isUpgrade } : { revision: revision + 1, isUpgrade: true };
}
