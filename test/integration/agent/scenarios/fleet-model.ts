import { stableHash } from "../../../../codec/stable-hash.ts";
import type { DeploymentState } from "../../../../shared/protocol/deployment-status.ts";
import { createClusterModel, type ClusterModel } from "./cluster-model.ts";
import { isImmutable, type Bundle, type Bundles, type Edit } from "./scenario.ts";

/** Removals beyond these wait for approval: more than half and more than two of a bundle's objects, or more than five. */
export const scenarioLimits = { removeSharePercent: 50, removeShareAbove: 2, removeCount: 5 };

/** What the agent should say of a bundle. */
export interface ExpectedStatus {
  readonly states: readonly DeploymentState[];
  readonly applied: string | undefined;
}

/**
 * What should be in the cluster, worked out from what was said and done alone. It shares no code with the agent: names in
 * sets, and the rules of the design in a few lines.
 */
export interface FleetModel {
  readonly git: Bundles;
  readonly cluster: ClusterModel;
  /** Returns the name of a version of a bundle; after an undo the same comes under another, so that old statuses do not count. */
  idOf(bundle: Bundle): string;
  statusOf(name: string): ExpectedStatus;
  /** Whether anything was written down of a bundle: else it leaves no trace. */
  hasInventory(name: string): boolean;
  /** Labels of the namespace. */
  labels(): Readonly<Record<string, string>>;
  publish(bundles: Bundles): void;
  /** Other bundles were published for a moment; then everything held was approved. */
  undo(bundles: Bundles): void;
  approveAll(): void;
  /** Somebody else does something to an object. Returns false where it must not be done: no rule is for that. */
  edit(action: Edit, object: string): boolean;
}

/** What is known of one bundle. */
interface Known {
  /** What it names, and whether it has ever applied it. */
  readonly names: Map<string, boolean>;
  /** What was last applied whole. */
  applied: { readonly id: string; readonly bundle: Bundle } | undefined;
  /** Tried and taken back (`helm.atomic`). */
  takenBack: string | undefined;
  keeps: boolean;
  held: boolean;
}

/** Returns the model of an empty cluster. */
export function createFleetModel(): FleetModel {
  const cluster = createClusterModel();
  const bundles = new Map<string, Known>();
  const labels = new Map<string, string>();
  let git: Bundles = {};
  let round = 0;

  const idOf = ({ objects, options: { paused: _paused, ...options } }: Bundle): string =>
    stableHash([round, objects, options]).slice(0, 16);
  const isWhole = (name: string): boolean => {
    const want = git[name];
    return want !== undefined && bundles.get(name)?.applied?.id === idOf(want);
  };
  const known = (name: string, { options }: Bundle): Known => {
    const found = bundles.get(name);
    if (found !== undefined) return found;
    const keeps = options.keepResources === true;
    const made: Known = { names: new Map(), applied: undefined, takenBack: undefined, keeps, held: false };
    bundles.set(name, made);
    return made;
  };

  /** An object that another bundle wants becomes that one's, unless its own bundle is paused or was taken back to where it had it. */
  function handOver(): void {
    for (const [name, giver] of bundles) {
      const want = git[name];
      if (want?.options.paused === true || (want !== undefined && giver.takenBack === idOf(want))) continue;
      for (const [object, isOurs] of giver.names) {
        if (want?.objects[object] !== undefined) continue;
        const heir = Object.entries(git).find(([, { objects }]) => objects[object] !== undefined);
        if (heir === undefined) continue;
        giver.names.delete(object);
        known(heir[0], heir[1]).names.set(object, isOurs);
      }
    }
  }

  function attempt(name: string, want: Bundle): void {
    const { objects, options } = want;
    const bundle = known(name, want);
    const before = new Set(bundle.names.keys());
    bundle.keeps = options.keepResources === true;
    setLabel(name, want);
    let failed: "for good" | "for now" | undefined;
    const made: string[] = [];
    for (const [object, value] of Object.entries(objects)) {
      if ([...bundles].some(([other, { names }]) => other !== name && names.has(object))) {
        failed ??= "for now";
        continue;
      }
      const isNew = !cluster.has(object);
      if (isNew && !before.has(object)) made.push(object);
      const isDone = cluster.apply(object, value, options);
      bundle.names.set(object, isDone || bundle.names.get(object) === true);
      if (!isDone) failed = "for good";
    }
    const { applied } = bundle;
    if (failed === undefined) {
      if (options.hook === true) cluster.allow(`hook-${name}`);
      bundle.applied = { id: idOf(want), bundle: want };
    } else if (
      failed === "for good" &&
      options.atomic === true &&
      (applied === undefined || applied.bundle.options.atomic === true)
    ) {
      takeBack(name, { before, made, want });
    }
  }

  function takeBack(
    name: string,
    {
      before,
      made,
      want,
    }: { readonly before: ReadonlySet<string>; readonly made: readonly string[]; readonly want: Bundle },
  ): void {
    const bundle = known(name, want);
    const back = bundle.applied?.bundle;
    for (const object of Object.keys(want.objects)) {
      if (!before.has(object)) bundle.names.delete(object);
      // What was handed over meanwhile may have been applied before it was taken back, or not.
      else if (back?.objects[object] === undefined) cluster.forgetValue(object);
    }
    for (const object of made) cluster.remove(object);
    for (const [object, value] of Object.entries(back?.objects ?? {}))
      cluster.apply(object, value, back?.options ?? {});
    if (back !== undefined) setLabel(name, back);
    bundle.takenBack = idOf(want);
  }

  function setLabel(name: string, { options: { label } }: Bundle): void {
    if (label === undefined) labels.delete(name);
    else labels.set(name, label);
  }

  /** What is to stay as it was applied is put back. */
  function correct({ applied }: Known): void {
    if (applied === undefined || applied.bundle.options.leavesDrift === true) return;
    for (const [object, value] of Object.entries(applied.bundle.objects)) cluster.putBack(object, value);
  }

  function prune(name: string, approved: boolean): void {
    const bundle = bundles.get(name);
    const want = git[name];
    if (bundle === undefined) return;
    const leaving = [...bundle.names.keys()].filter((object) => want?.objects[object] === undefined);
    if (want !== undefined) {
      bundle.held = false;
      if (want.options.paused === true || !isWhole(name)) return;
      bundle.held = !approved && isTooMuch(leaving.length, bundle.names.size, Object.keys(want.objects).length);
      if (bundle.held) return;
    }
    for (const object of leaving) {
      if (bundle.names.get(object) === true && (want !== undefined || !bundle.keeps)) cluster.remove(object);
      bundle.names.delete(object);
    }
    if (want !== undefined) return;
    bundles.delete(name);
    labels.delete(name);
  }

  /** Brings the model to what the agent should come to, with what is said now. */
  function settle(approved: boolean): void {
    handOver();
    for (const [name, want] of Object.entries(git)) {
      if (want.options.paused === true) continue;
      const bundle = known(name, want);
      if (!isWhole(name) && bundle.takenBack !== idOf(want)) attempt(name, want);
      if (isWhole(name) || bundle.takenBack === idOf(want)) correct(bundle);
    }
    for (const name of bundles.keys()) prune(name, approved);
  }

  return {
    get git() {
      return git;
    },
    cluster,
    idOf,
    statusOf: (name) => {
      const want = git[name];
      const bundle = bundles.get(name);
      const applied = bundle?.applied?.id;
      if (want === undefined) return { states: [], applied };
      const { rule, paused } = want.options;
      if (!isWhole(name)) return { states: paused === true ? ["OutOfSync", "ErrApplied"] : ["ErrApplied"], applied };
      const objects = Object.entries(want.objects);
      if (objects.some(([object, value]) => cluster.hasDrift(object, value))) return { states: ["Modified"], applied };
      if (bundle?.held === true) return { states: ["OutOfSync"], applied };
      const isSick =
        rule === true && objects.some(([object, value]) => !object.startsWith("r") && value.startsWith("sick"));
      return { states: [isSick ? "NotReady" : "Ready"], applied };
    },
    hasInventory: (name) => bundles.has(name),
    labels: () => Object.fromEntries(labels),
    publish: (next) => {
      git = next;
      settle(false);
    },
    undo: (next) => {
      const before = new Set([...bundles.values()].flatMap(({ names }) => [...names.keys()]));
      for (const [name, { objects }] of Object.entries(next)) {
        for (const object of Object.keys(objects)) before.add(object);
        cluster.allow(`hook-${name}`);
      }
      for (const object of before) {
        cluster.allowRemoval(object);
        // Replaced, and replaced back.
        if (isImmutable(object)) cluster.allow(object);
      }
      round++;
      settle(true);
    },
    approveAll: () => settle(true),
    edit: (action, object) => {
      const isWanted = Object.values(git).some(({ objects }) => objects[object] !== undefined);
      const isNamed = [...bundles.values()].some(({ names }) => names.has(object));
      if (!cluster.mayEdit(action, object, isWanted || isNamed)) return false;
      cluster.edit(action, object, isNamed);
      settle(false);
      return true;
    },
  };
}

function isTooMuch(count: number, of: number, wanted: number): boolean {
  if (count === 0) return false;
  const { removeSharePercent, removeShareAbove, removeCount } = scenarioLimits;
  return wanted === 0 || count > removeCount || (count > removeShareAbove && (100 * count) / of > removeSharePercent);
}
