import type { KubeObject } from "../../api/meta.ts";

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

/** When a hook's object is deleted again. */
export const hookDeletePolicies = ["before-hook-creation", "hook-succeeded", "hook-failed"] as const;
export type HookDeletePolicy = (typeof hookDeletePolicies)[number];

/** An object that is made at certain moments of a deployment, and waited for, instead of being kept as it is in Git. */
export interface Hook {
  readonly object: KubeObject;
  readonly events: readonly HookEvent[];
  /** Lower ones run first. */
  readonly weight: number;
  readonly deletePolicies: readonly HookDeletePolicy[];
}

/** Rendered objects, told apart. */
export interface SplitObjects {
  readonly objects: readonly KubeObject[];
  readonly hooks: readonly Hook[];
  /** What was left out, as Helm leaves it out. */
  readonly warnings: readonly string[];
}

export const hookAnnotation = "helm.sh/hook";
const weightAnnotation = "helm.sh/hook-weight";
const policyAnnotation = "helm.sh/hook-delete-policy";

/**
 * Returns objects and hooks apart, each in the order in which they come. As in Helm 4, a hook of an unknown event (among
 * them `crd-install` of Helm 2) is neither; `helm.sh/hook-output-log-policy` says what a command line prints and means nothing here.
 */
export function splitHooks(rendered: readonly KubeObject[]): SplitObjects {
  const objects: KubeObject[] = [];
  const hooks: Hook[] = [];
  const warnings: string[] = [];
  for (const object of rendered) {
    const text = object.metadata.annotations?.[hookAnnotation];
    if (text === undefined) {
      objects.push(object);
      continue;
    }
    const events = readEvents(text);
    if (events === undefined) warnings.push(unknownEvents(object, text));
    else hooks.push({ object, events, weight: readWeight(object), deletePolicies: readPolicies(object) });
  }
  return { objects, hooks, warnings };
}

/** Returns undefined when any event is unknown. `test-success` is Helm 2's word for `test`. */
function readEvents(text: string): readonly HookEvent[] | undefined {
  const names = listed(text).map((name) => (name === "test-success" ? "test" : name));
  const known = hookEvents.filter((event) => names.includes(event));
  return names.every((name) => known.some((event) => event === name)) ? known : undefined;
}

function unknownEvents({ kind, metadata }: KubeObject, text: string): string {
  const isDefinition = listed(text).includes("crd-install");
  const advice = isDefinition ? "move it to crds/" : `Helm's events are ${hookEvents.join(", ")}`;
  return `${kind} ${metadata.name ?? ""} is a hook for ${JSON.stringify(text)}, which Helm 4 leaves out, and so does Drover; ${advice}`;
}

/** What is no whole number counts as 0 (Go: `strconv.Atoi`). */
function readWeight({ metadata }: KubeObject): number {
  const text = metadata.annotations?.[weightAnnotation] ?? "";
  return /^[+-]?\d+$/.test(text) ? Number(text) : 0;
}

/** Helm acts only on policies that it knows, and on its default only where none is written at all. */
function readPolicies({ metadata }: KubeObject): readonly HookDeletePolicy[] {
  const text = metadata.annotations?.[policyAnnotation];
  if (text === undefined) return ["before-hook-creation"];
  const names = listed(text);
  return hookDeletePolicies.filter((policy) => names.includes(policy));
}

function listed(text: string): string[] {
  return text.split(",").map((part) => part.trim().toLowerCase());
}
