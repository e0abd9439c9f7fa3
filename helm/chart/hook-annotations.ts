/** When a hook runs (Helm: https://helm.sh/docs/topics/charts_hooks/). */
export const hookEvents = [
  "pre-install",
  "post-install",
  "pre-delete",
  "post-delete",
  "pre-upgrade",
  "post-upgrade",
  "pre-rollback",
  "post-rollback",
  "test",
] as const;
export type HookEvent = (typeof hookEvents)[number];

/** Annotation that makes an object a hook. */
export const hookAnnotation = "helm.sh/hook";

/** Returns the events of a hook's annotation, undefined when any is unknown. `test-success` is Helm 2's word for `test`. */
export function readHookEvents(text: string): readonly HookEvent[] | undefined {
  const names = readHookWords(text).map((name) => (name === "test-success" ? "test" : name));
  const known = hookEvents.filter((event) => names.includes(event));
  return names.every((name) => known.some((event) => event === name)) ? known : undefined;
}

/** Returns the weight of `helm.sh/hook-weight`; what is no whole number counts as 0 (Go: `strconv.Atoi`). */
export function readHookWeight(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : 0;
}

/** Returns the words of a hook's annotation, such as those of `helm.sh/hook-delete-policy`. */
export function readHookWords(text: string): string[] {
  return text.split(",").map((part) => part.trim().toLowerCase());
}
