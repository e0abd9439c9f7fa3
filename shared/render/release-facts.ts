/** What a chart's `.Release` says besides name and namespace. */
export interface ReleaseFacts {
  /** 1 for the first deployment, one more for each that is applied after it. */
  readonly revision: number;
  readonly isUpgrade: boolean;
}

/** What a first deployment is told, and every render without a cluster. */
export const firstRelease: ReleaseFacts = { revision: 1, isUpgrade: false };
