import { isImmutable, type Edit, type Options } from "./scenario.ts";

/** The objects of a cluster as they should be, and who may have deleted how many. It knows no bundles. */
export interface ClusterModel {
  /** Name → value; undefined where the value is nobody's business. */
  expected(): ReadonlyMap<string, string | undefined>;
  /** How often the agent may have deleted each object so far. */
  mayDelete(): ReadonlyMap<string, number>;
  allow(object: string): void;
  /** Allows one deletion, where an object is one that may be deleted at all. */
  allowRemoval(object: string): void;
  has(object: string): boolean;
  /** Applies an object; returns whether that was possible. */
  apply(object: string, value: string, options: Options): boolean;
  /** Puts back what others did to an object that was applied. */
  putBack(object: string, value: string): void;
  remove(object: string): void;
  /** It is not known which value it has. */
  forgetValue(object: string): void;
  hasDrift(object: string, value: string): boolean;
  /** Whether somebody else may do this now without doing what no rule is for. `isWanted`: some bundle has it. */
  mayEdit(action: Edit, object: string, isWanted: boolean): boolean;
  /** `isNamed`: a bundle names the object, so that its value was ours. */
  edit(action: Edit, object: string, isNamed: boolean): void;
}

interface Live {
  value: string | undefined;
  /** It has our label. */
  isMarked: boolean;
  /** A controller owns it: it is never deleted. */
  isAdopted: boolean;
  /** Its value is somebody else's and was never ours. */
  isForeign: boolean;
}

function make(value: string): Live {
  return { value, isMarked: true, isAdopted: false, isForeign: false };
}

/** Returns an empty cluster. */
export function createClusterModel(): ClusterModel {
  const live = new Map<string, Live>();
  const copies = new Set<string>();
  const allowed = new Map<string, number>();
  const allow = (object: string): void => void allowed.set(object, (allowed.get(object) ?? 0) + 1);

  return {
    expected: () =>
      new Map([
        ...[...live].map(([name, { value }]) => [name, value] as const),
        ...[...copies].map((name) => [name, undefined] as const),
      ]),
    mayDelete: () => allowed,
    allow,
    allowRemoval: (object) => {
      if (live.get(object)?.isAdopted !== true) allow(object);
    },
    has: (object) => live.has(object),
    apply: (object, value, { force, takeOwnership }) => {
      const found = live.get(object);
      if (found?.isForeign === true && takeOwnership !== true) return false;
      const isStuck = found !== undefined && isImmutable(object) && found.value !== value;
      if (isStuck && (force !== true || found.isAdopted)) return false;
      if (isStuck) allow(object);
      live.set(object, { ...make(value), isAdopted: found?.isAdopted === true && !isStuck });
      return true;
    },
    putBack: (object, value) =>
      void live.set(object, { ...make(value), isAdopted: live.get(object)?.isAdopted === true }),
    remove: (object) => {
      if (!live.has(object) || live.get(object)?.isAdopted === true) return;
      live.delete(object);
      allow(object);
    },
    forgetValue: (object) => {
      const found = live.get(object);
      if (found !== undefined) found.value = undefined;
    },
    hasDrift: (object, value) => {
      const found = live.get(object);
      return found === undefined || !found.isMarked || found.value !== value;
    },
    mayEdit: (action, object, isWanted) => {
      const found = live.get(object);
      if (action === "make") return found === undefined && !isWanted;
      // Nobody tells the agent that somebody else's object has gone out of its way.
      if (action === "delete" && found?.isForeign === true) return false;
      return action !== "change" || !isImmutable(object);
    },
    edit: (action, object, isNamed) => {
      if (action === "make") live.set(object, { ...make("foreign"), isMarked: false, isForeign: true });
      if (action === "copy") copies.add(`copy-${object}`);
      const found = live.get(object);
      if (found === undefined) return;
      if (action === "change") live.set(object, { ...found, value: "foreign", isForeign: found.isForeign || !isNamed });
      if (action === "adopt") found.isAdopted = true;
      if (action === "unlabel") found.isMarked = false;
      if (action === "delete") live.delete(object);
    },
  };
}
