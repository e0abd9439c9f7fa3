import {
  immutableOf,
  type Bundle,
  type Bundles,
  type Edit,
  type Event,
  type Objects,
  type Options,
  type Trouble,
} from "./scenario.ts";

type Random = () => number;

/** Returns what a bundle says besides its objects, at random. What would contradict itself is left out. */
export function drawOptions(random: Random, turn: number): Options {
  const is = (share: number): boolean => random() < share;
  const atomic = is(0.35);
  const drawn = {
    paused: is(0.12),
    keepResources: is(0.15),
    leavesDrift: is(0.3),
    forcesDrift: is(0.2),
    takeOwnership: is(0.3),
    // Going back from what was replaced has to replace it again: the deployment before may not allow it.
    force: is(0.4) && !atomic,
    atomic,
    // What is never ready is taken back after minutes only.
    rule: is(0.3) && !atomic,
    hook: is(0.2),
    forcesNamespace: is(0.2),
  };
  const label = is(0.3) ? { label: `t${turn}` } : {};
  return { ...Object.fromEntries(Object.entries(drawn).filter(([, value]) => value)), ...label };
}

/** Returns the objects with some of their values sick, and at times the bundle's object that cannot be changed, with a new value. */
export function spoil(
  random: Random,
  objects: Objects,
  { git, bundle, turn }: { readonly git: Bundles; readonly bundle: string; readonly turn: number },
): Objects {
  const spoilt = Object.entries(objects).map(([name, value]) => [name, random() < 0.1 ? `sick${turn}` : value]);
  const added = random() < 0.5 && isOwn(git, bundle) ? { [immutableOf(bundle)]: `v${turn}` } : {};
  return { ...Object.fromEntries(spoilt), ...added };
}

/** Where a scenario is. */
interface Now {
  readonly git: Bundles;
  readonly bundle: string;
  readonly turn: number;
  /** Names of objects that no bundle has. */
  readonly free: readonly string[];
}

/** Returns what happens to options, to the hub and around objects, undefined where something else is to happen. */
export function drawEvent(
  random: Random,
  { git, bundle, turn, free }: Now,
): { readonly event: Event; readonly next: Bundles } | undefined {
  const draw = random();
  const before = git[bundle];
  const say = (why: string, changed: Bundle): { readonly event: Event; readonly next: Bundles } => {
    const next = { ...git, [bundle]: changed };
    return { event: { type: "publish", why, bundles: next }, next };
  };
  const edit = (action: Edit, object: string) => ({ event: { type: "edit", action, object } as const, next: git });
  if (before === undefined) return undefined;
  const { objects } = before;
  if (draw < 0.12) return say("options", { ...before, options: drawOptions(random, turn) });
  if (draw < 0.22) {
    const [name = "a"] = Object.keys(objects);
    const { paused: _paused, ...options } = before.options;
    // Both what cannot be changed and what can, and something new.
    const [fresh = name] = free;
    const more = { [immutableOf(bundle)]: `v${turn}`, [name]: `v${turn}`, [fresh]: `v${turn}` };
    return say("fixed", { options, objects: { ...objects, ...(isOwn(git, bundle) ? more : {}) } });
  }
  if (draw < 0.27) {
    const from = random() < 0.5 ? "older-revision" : "other-store";
    return { event: { type: "restored", from }, next: git };
  }
  if (draw < 0.34) return edit("make", oneOf(random, free, "a"));
  if (draw >= 0.48) return undefined;
  return edit(
    oneOf(random, ["change", "change", "delete", "unlabel"], "change"),
    oneOf(random, Object.keys(objects), "a"),
  );
}

/** Whether no other bundle has the object that stays this bundle's. */
function isOwn(git: Bundles, bundle: string): boolean {
  const fixed = immutableOf(bundle);
  return Object.entries(git).every(([other, { objects }]) => other === bundle || objects[fixed] === undefined);
}

function oneOf<T>(random: Random, items: readonly T[], otherwise: T): T {
  return items[Math.floor(random() * items.length)] ?? otherwise;
}

/** A bundle that was renamed is installed anew: what goes back has nothing to go back to, and how far it came depends on when. */
export function renamed({ objects, options: { atomic: _atomic, ...options } }: Bundle): Bundle {
  return { objects, options };
}

/** Returns the trouble, at times with another agent that takes over instead of the same. */
export function replaceAgent(random: Random, trouble: Trouble): Trouble {
  return trouble.killAtStep !== undefined && random() < 0.25 ? { ...trouble, replaced: true } : trouble;
}
