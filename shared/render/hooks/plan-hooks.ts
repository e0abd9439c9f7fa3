import { orderObjects } from "../order-objects.ts";
import type { HookEvent } from "../../../helm/chart/hook-annotations.ts";
import type { Hook } from "./hook.ts";

/** What happens to a deployment that hooks may accompany. */
export type HookOccasion = "install" | "upgrade" | "rollback" | "delete";

/** Hooks of one occasion, in the order in which they run one by one. */
export interface HookPlan {
  readonly before: readonly Hook[];
  readonly after: readonly Hook[];
}

const events = {
  install: { before: "pre-install", after: "post-install" },
  upgrade: { before: "pre-upgrade", after: "post-upgrade" },
  rollback: { before: "pre-rollback", after: "post-rollback" },
  delete: { before: "pre-delete", after: "post-delete" },
} as const satisfies Record<HookOccasion, { readonly before: HookEvent; readonly after: HookEvent }>;

/**
 * Returns which hooks run before and after what an occasion does, by weight, then name, then Helm's order of kinds. Hooks
 * for tests are in no plan. A rollback is what `helm.atomic` does; going back in Git is an upgrade, for Fleet as well.
 */
export function planHooks(hooks: readonly Hook[], occasion: HookOccasion): HookPlan {
  const { before, after } = events[occasion];
  return { before: hooksFor(hooks, before), after: hooksFor(hooks, after) };
}

/** Returns the hooks that some later removal of the deployment will run. */
export function deleteHooks(hooks: readonly Hook[]): readonly Hook[] {
  return hooks.filter((hook) => hook.events.includes("pre-delete") || hook.events.includes("post-delete"));
}

/** Returns whether a hook runs at any time at all. */
export function runsEver(hook: Hook): boolean {
  return Object.values(events).some(({ before, after }) => hook.events.some((one) => one === before || one === after));
}

/** Helm: kinds first, then a stable sort by weight and name (`pkg/action/hooks.go`). */
function hooksFor(hooks: readonly Hook[], event: HookEvent): Hook[] {
  const due = new Map(hooks.filter(({ events: own }) => own.includes(event)).map((hook) => [hook.object, hook]));
  const byKind = orderObjects([...due.keys()]).flatMap((object) => due.get(object) ?? []);
  return byKind.toSorted((a, b) => a.weight - b.weight || compareText(nameOf(a), nameOf(b)));
}

function nameOf({ object }: Hook): string {
  return object.metadata.name ?? "";
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
