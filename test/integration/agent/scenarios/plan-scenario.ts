import type { HubFault } from "../scripted-hub.ts";
import { drawEvent, drawOptions, renamed, replaceAgent, spoil } from "./plan-options.ts";
import type { Bundle, Bundles, Edit, Event, Objects, Trouble, Turn } from "./scenario.ts";

type Random = () => number;

const faults: readonly HubFault[] = ["500", "html", "empty", "no-document", "cut", "bad-blob", "no-blob"];
const edits: readonly Edit[] = ["change", "delete", "unlabel", "adopt", "copy"];
const names = ["a", "b", "c", "d", "e", "f", "g", "h", "ra", "rb", "rc"];

/** Returns the turns of a scenario, at will of bundles with options; the same numbers give the same. */
export function planScenario(random: Random, withOptions: boolean): Turn[] {
  const first = (bundle: string, objects: Objects): Bundle =>
    withOptions
      ? { objects: spoil(random, objects, { git: {}, bundle, turn: 1 }), options: drawOptions(random, 1) }
      : { objects, options: {} };
  let git: Bundles = {
    one: first("one", pick(random, names.slice(0, 6), { most: withOptions ? 4 : 5, turn: 1 })),
    two: first("two", pick(random, ["ra", "rb", "g", "h"], { most: 3, turn: 1 })),
  };
  const away = new Map<string, Bundle>();
  const turns: Turn[] = [{ event: { type: "publish", why: "first", bundles: git }, trouble: {} }];
  const count = (withOptions ? 5 : 4) + Math.floor(random() * 4);
  for (let turn = 1; turn <= count; turn++) {
    const { event, next } = nextEvent(random, { git, away, turn, withOptions });
    git = next;
    const trouble = troubleFor(random);
    turns.push({ event, trouble: withOptions ? replaceAgent(random, trouble) : trouble });
  }
  return turns;
}

interface Now {
  readonly git: Bundles;
  readonly away: Map<string, Bundle>;
  readonly turn: number;
  readonly withOptions: boolean;
}

function nextEvent(random: Random, now: Now): { readonly event: Event; readonly next: Bundles } {
  const { git, away, turn, withOptions } = now;
  const bundles = Object.keys(git);
  const bundle = oneOf(random, bundles.length === 0 ? ["one"] : bundles);
  const own = git[bundle] ?? { objects: {}, options: {} };
  const stay = (event: Event) => ({ event, next: git });
  const { [bundle]: _leaving, ...rest } = git;
  const change = (): Bundles => {
    const objects = changed(random, git, { bundle, turn });
    return {
      ...git,
      [bundle]: { ...own, objects: withOptions ? spoil(random, objects, { git, bundle, turn }) : objects },
    };
  };
  const special = withOptions ? drawEvent(random, { git, bundle, turn, free: freeNames(git) }) : undefined;
  if (special !== undefined) return special;
  const draw = random();
  if (draw < 0.25) return said("commit", change());
  if (draw < 0.33) return said("renamed", { ...rest, [`${bundle}x`]: renamed(own) });
  if (draw < 0.43) {
    away.set(bundle, own);
    return said("relabelled", rest);
  }
  if (draw < 0.53) {
    const next: Record<string, Bundle> = { ...git };
    for (const [name, returning] of away) {
      if (next[name] !== undefined || !isFree(next, returning.objects)) continue;
      next[name] = returning;
      away.delete(name);
    }
    return said("relabelled back", next);
  }
  if (draw < 0.58) return said("empty render", { ...git, [bundle]: { ...own, objects: {} } });
  if (draw < 0.64) return stay({ type: "undo", bundles: withOptions ? less(change(), git) : change() });
  if (draw < 0.7 && bundles.length > 0) return stay({ type: "omit", bundle });
  if (draw < 0.82) return stay({ type: "approve", wrong: random() < 0.3 });
  return stay({ type: "edit", action: oneOf(random, edits), object: oneOf(random, names) });
}

function changed(
  random: Random,
  git: Bundles,
  { bundle, turn }: { readonly bundle: string; readonly turn: number },
): Objects {
  const own = Object.entries(git[bundle]?.objects ?? {});
  const kept = own.filter(() => random() > 0.35).map(([name, value]) => [name, random() < 0.3 ? `v${turn}` : value]);
  const added = random() < 0.6 ? Object.entries(pick(random, freeNames(git), { most: 3, turn })) : [];
  return Object.fromEntries([...kept, ...added]);
}

function said(why: string, bundles: Bundles): { readonly event: Event; readonly next: Bundles } {
  return { event: { type: "publish", why, bundles }, next: bundles };
}

/** What a moment takes over from others would be gone after it, or not, as far as the agent had come. */
function less(bundles: Bundles, git: Bundles): Bundles {
  const rest = Object.entries(bundles).map(([name, { objects, options }]) => {
    const had = git[name]?.objects ?? {};
    return [name, { objects: Object.fromEntries(Object.entries(objects).filter(([key]) => key in had)), options }];
  });
  return Object.fromEntries(rest);
}

function freeNames(git: Bundles): string[] {
  return names.filter((name) => isFree(git, { [name]: "" }));
}

function isFree(git: Bundles, objects: Objects): boolean {
  return Object.keys(objects).every((name) => Object.values(git).every((others) => others.objects[name] === undefined));
}

function troubleFor(random: Random): Trouble {
  const draw = random();
  if (draw < 0.35) return { killAtStep: 1 + Math.floor(random() * 12), diskLost: random() < 0.2 };
  if (draw < 0.45) return { hub: oneOf(random, faults) };
  return {};
}

interface Picking {
  readonly most: number;
  readonly turn: number;
}

function pick(random: Random, from: readonly string[], { most, turn }: Picking): Objects {
  const shuffled = from.map((name) => ({ name, at: random() })).toSorted((a, b) => a.at - b.at);
  return Object.fromEntries(shuffled.slice(0, most).map(({ name }) => [name, `v${turn}`]));
}

function oneOf<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to choose from");
  return item;
}
