import type { Edit, Objects } from "./plan-scenario.ts";

/** Removals beyond these wait for approval: more than half and more than two of a bundle's objects, or more than five. */
export const scenarioLimits = { removeSharePercent: 50, removeShareAbove: 2, removeCount: 5 };

/**
 * What should be in the cluster, worked out from what was said and done alone. It shares no code with the agent: names in
 * sets, and the rules of the design in a few lines.
 */
export interface FleetModel {
  readonly git: Readonly<Record<string, Objects>>;
  /** Name → value; undefined where the value is nobody's business (held, or left to a controller). */
  expected(): ReadonlyMap<string, string | undefined>;
  /** Bundles whose removals wait. */
  held(): readonly string[];
  /** How often the agent may have deleted each object so far. */
  mayDelete(): ReadonlyMap<string, number>;
  publish(bundles: Readonly<Record<string, Objects>>): void;
  /** Other bundles were published for a moment; then everything held was approved. */
  undo(bundles: Readonly<Record<string, Objects>>): void;
  approveAll(): void;
  edit(action: Edit, object: string): void;
}

/** Returns the model of an empty cluster. */
export function createFleetModel(): FleetModel {
  let git: Readonly<Record<string, Objects>> = {};
  const owned = new Map<string, Set<string>>();
  const live = new Set<string>();
  const adopted = new Set<string>();
  const foreign = new Set<string>();
  const allowed = new Map<string, number>();
  let held = new Set<string>();

  const allow = (name: string): void => void allowed.set(name, (allowed.get(name) ?? 0) + 1);

  function leave(name: string): void {
    if (adopted.has(name) || !live.has(name)) return;
    live.delete(name);
    allow(name);
  }

  /** Brings the model to what the agent should come to, with what is said now. */
  function settle(approved: boolean): void {
    held = new Set();
    const wanted = new Set(Object.values(git).flatMap((objects) => Object.keys(objects)));
    for (const [bundle, names] of owned) {
      const own = new Set(Object.keys(git[bundle] ?? {}));
      const leaving = [...names].filter((name) => !own.has(name));
      const candidates = leaving.filter((name) => !wanted.has(name));
      const all = new Set([...names, ...own]).size;
      const waits = git[bundle] !== undefined && !approved && isTooMuch(candidates.length, all, own.size);
      if (waits) held.add(bundle);
      else candidates.forEach(leave);
      owned.set(bundle, new Set([...own, ...(waits ? candidates : [])]));
    }
    for (const [bundle, objects] of Object.entries(git)) {
      owned.set(bundle, new Set([...(owned.get(bundle) ?? []), ...Object.keys(objects)]));
      for (const name of Object.keys(objects)) live.add(name);
    }
    for (const bundle of owned.keys()) if (git[bundle] === undefined) owned.delete(bundle);
  }

  return {
    get git() {
      return git;
    },
    expected: () => {
      const values = Object.assign({}, ...Object.values(git)) as Objects;
      return new Map([...live, ...foreign].map((name) => [name, values[name]]));
    },
    held: () => [...held],
    mayDelete: () => allowed,
    publish: (bundles) => {
      git = bundles;
      settle(false);
    },
    undo: (bundles) => {
      const before = new Set([...owned.values()].flatMap((names) => [...names]));
      for (const objects of Object.values(bundles)) for (const name of Object.keys(objects)) before.add(name);
      for (const name of before) if (!adopted.has(name)) allow(name);
      settle(true);
    },
    approveAll: () => settle(true),
    edit: (action, object) => {
      if (action === "copy") foreign.add(`copy-${object}`);
      if (!live.has(object)) return;
      if (action === "adopt") adopted.add(object);
      if (action !== "delete") return;
      adopted.delete(object);
      const isWanted = Object.values(git).some((objects) => objects[object] !== undefined);
      if (!isWanted) live.delete(object);
    },
  };
}

function isTooMuch(count: number, of: number, wanted: number): boolean {
  if (count === 0) return false;
  const { removeSharePercent, removeShareAbove, removeCount } = scenarioLimits;
  return wanted === 0 || count > removeCount || (count > removeShareAbove && (100 * count) / of > removeSharePercent);
}
