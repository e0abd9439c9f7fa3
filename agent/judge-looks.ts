/** A look at a deployment that is under way. */
export interface OpenLook {
  readonly bundle: string;
  /** How long it has been under way, in milliseconds. */
  readonly ageMs: number;
}

/** Rendering and requests have time-outs of their own, far below these. */
const troubleAfterMs = 10 * 60_000;
const deadAfterMs = 60 * 60_000;

/** Returns what the longest look means: a sentence once it takes too long, and whether a new start is what is left to try. */
export function judgeLooks(longest: OpenLook | undefined): { readonly problem?: string; readonly isStuck: boolean } {
  if (longest === undefined || longest.ageMs < troubleAfterMs) return { isStuck: false };
  const minutes = Math.floor(longest.ageMs / 60_000);
  const problem = `bundle ${longest.bundle} has been worked on for ${minutes} minutes without an end`;
  return { problem, isStuck: longest.ageMs >= deadAfterMs };
}
