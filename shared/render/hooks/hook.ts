import {
  hookAnnotation,
  type HookEvent,
  hookEvents,
  readHookEvents,
  readHookWeight,
  readHookWords,
} from "../../../helm/chart/hook-annotations.ts";
import type { KubeObject } from "../../api/meta.ts";
import type { RenderWarning } from "../render-warning.ts";

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
  readonly warnings: readonly RenderWarning[];
}

const weightAnnotation = "helm.sh/hook-weight";
const policyAnnotation = "helm.sh/hook-delete-policy";

/**
 * Returns objects and hooks apart, each in the order in which they come. As in Helm 4, a hook of an unknown event (among
 * them `crd-install` of Helm 2) is neither; `helm.sh/hook-output-log-policy` says what a command line prints and means nothing here.
 */
export function splitHooks(rendered: readonly KubeObject[]): SplitObjects {
  const objects: KubeObject[] = [];
  const hooks: Hook[] = [];
  const warnings: RenderWarning[] = [];
  for (const object of rendered) {
    const text = object.metadata.annotations?.[hookAnnotation];
    if (text === undefined) {
      objects.push(object);
      continue;
    }
    const events = readHookEvents(text);
    if (events === undefined) warnings.push({ code: "HOOK_UNKNOWN", message: unknownEvents(object, text) });
    else
      hooks.push({
        object,
        events,
        weight: readHookWeight(object.metadata.annotations?.[weightAnnotation]),
        deletePolicies: readPolicies(object),
      });
  }
  return { objects, hooks, warnings };
}

function unknownEvents({ kind, metadata }: KubeObject, text: string): string {
  const isDefinition = readHookWords(text).includes("crd-install");
  const advice = isDefinition ? "move it to crds/" : `Helm's events are ${hookEvents.join(", ")}`;
  return `${kind} ${metadata.name ?? ""} is a hook for ${JSON.stringify(text)}, which Helm 4 leaves out, and so does Drover; ${advice}`;
}

/** Helm acts only on policies that it knows, and on its default only where none is written at all. */
function readPolicies({ metadata }: KubeObject): readonly HookDeletePolicy[] {
  const text = metadata.annotations?.[policyAnnotation];
  if (text === undefined) return ["before-hook-creation"];
  const names = readHookWords(text);
  return hookDeletePolicies.filter((policy) => names.includes(policy));
}
