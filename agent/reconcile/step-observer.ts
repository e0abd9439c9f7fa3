/** Steps at which a crash must lose nothing; tests end the process at each of them. */
export const steps = [
  "memory-write",
  "memory-written",
  "inventory-write",
  "inventory-written",
  "claim",
  "claimed",
  "hand-over",
  "handed-over",
  "apply",
  "applied",
  "prune",
  "pruned",
  "hook-create",
  "hook-created",
  "hook-recorded",
  "hook-ended",
  "hook-failed",
  "hook-delete",
  "hook-deleted",
  "stage-finished",
  "verified-write",
  "verified-written",
  "give-up",
  "given-up",
  "replace-delete",
  "replace-deleted",
  "replace-created",
  "inventory-finish",
  "inventory-finished",
  "document-saved",
] as const;

export type Step = (typeof steps)[number];

/** Told of each step before it is taken (and after, for those in the past tense), with the object or bundle concerned. */
export type StepObserver = (step: Step, about: string) => void | Promise<void>;

/** Observes nothing. */
export const noSteps: StepObserver = () => undefined;
