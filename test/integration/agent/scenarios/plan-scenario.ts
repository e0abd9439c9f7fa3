import type { HubFault } from "../scripted-hub.ts";

/** Objects of one bundle as Git has them: name → value. Names beginning with `r` are Roles, others ConfigMaps. */
export type Objects = Readonly<Record<string, string>>;

/** What happens in a scenario. What is published while the agent lives, dies or is cut from the hub comes with it. */
export type Event =
  /** Git and the targeting say this of all bundles from now on; those that are missing are said to be removed. */
  | { readonly type: "publish"; readonly why: string; readonly bundles: Readonly<Record<string, Objects>> }
  /** Says the first, and at once after it the second again. */
  | { readonly type: "undo"; readonly bundles: Readonly<Record<string, Objects>> }
  /** The document leaves a bundle out without a word. */
  | { readonly type: "omit"; readonly bundle: string }
  | { readonly type: "edit"; readonly action: Edit; readonly object: string }
  | { readonly type: "approve"; readonly wrong: boolean };

/** What others do to an object. `adopt`: a controller owns it from now on; `copy`: a foreign object gets our label. */
export type Edit = "change" | "delete" | "unlabel" | "adopt" | "copy";

/** How the agent fares meanwhile. */
export interface Trouble {
  /** It is killed at the n-th step that it takes. */
  readonly killAtStep?: number;
  /** … and starts on another node, without its disk. */
  readonly diskLost?: boolean;
  /** The hub misbehaves until the agent has asked it a few times. */
  readonly hub?: HubFault;
}

/** One step of a scenario. */
export interface Turn {
  readonly event: Event;
  readonly trouble: Trouble;
}

type Random = () => number;

const faults: readonly HubFault[] = ["500", "html", "empty", "no-document", "cut", "bad-blob", "no-blob"];
const edits: readonly Edit[] = ["change", "delete", "unlabel", "adopt", "copy"];
const names = ["a", "b", "c", "d", "e", "f", "g", "h", "ra", "rb", "rc"];

/** Returns the turns of a scenario; the same numbers give the same. */
export function planScenario(random: Random): Turn[] {
  let git: Record<string, Objects> = {
    one: pick(random, names.slice(0, 6), { most: 5, turn: 1 }),
    two: pick(random, ["ra", "rb", "g", "h"], { most: 3, turn: 1 }),
  };
  const away = new Map<string, Objects>();
  const turns: Turn[] = [{ event: { type: "publish", why: "first", bundles: git }, trouble: {} }];
  const count = 4 + Math.floor(random() * 4);
  for (let turn = 1; turn <= count; turn++) {
    const { event, next } = nextEvent(random, { git, away, turn });
    git = next;
    turns.push({ event, trouble: troubleFor(random) });
  }
  return turns;
}

interface Now {
  readonly git: Readonly<Record<string, Objects>>;
  readonly away: Map<string, Objects>;
  readonly turn: number;
}

function nextEvent(random: Random, now: Now): { readonly event: Event; readonly next: Record<string, Objects> } {
  const { git, away, turn } = now;
  const bundles = Object.keys(git);
  const bundle = oneOf(random, bundles.length === 0 ? ["one"] : bundles);
  const objects = git[bundle] ?? {};
  const said = (why: string, next: Record<string, Objects>) => ({
    event: { type: "publish", why, bundles: next } as const,
    next,
  });
  const stay = (event: Event) => ({ event, next: { ...git } });
  const { [bundle]: _leaving, ...rest } = git;
  const draw = random();
  if (draw < 0.25) return said("commit", { ...git, [bundle]: changed(random, git, { bundle, turn }) });
  if (draw < 0.33) return said("renamed", { ...rest, [`${bundle}x`]: objects });
  if (draw < 0.43) {
    away.set(bundle, objects);
    return said("relabelled", rest);
  }
  if (draw < 0.53) {
    const next = { ...git };
    for (const [name, own] of away) {
      if (next[name] !== undefined || !isFree(next, own)) continue;
      next[name] = own;
      away.delete(name);
    }
    return said("relabelled back", next);
  }
  if (draw < 0.58) return said("empty render", { ...git, [bundle]: {} });
  if (draw < 0.64) return stay({ type: "undo", bundles: { ...git, [bundle]: changed(random, git, { bundle, turn }) } });
  if (draw < 0.7 && bundles.length > 0) return stay({ type: "omit", bundle });
  if (draw < 0.82) return stay({ type: "approve", wrong: random() < 0.3 });
  return stay({ type: "edit", action: oneOf(random, edits), object: oneOf(random, names) });
}

function changed(
  random: Random,
  git: Readonly<Record<string, Objects>>,
  { bundle, turn }: { readonly bundle: string; readonly turn: number },
): Objects {
  const own = Object.entries(git[bundle] ?? {});
  const kept = own.filter(() => random() > 0.35).map(([name, value]) => [name, random() < 0.3 ? `v${turn}` : value]);
  const free = names.filter((name) => Object.values(git).every((objects) => objects[name] === undefined));
  const added = random() < 0.6 ? Object.entries(pick(random, free, { most: 3, turn })) : [];
  return Object.fromEntries([...kept, ...added]);
}

function isFree(git: Readonly<Record<string, Objects>>, objects: Objects): boolean {
  return Object.keys(objects).every((name) => Object.values(git).every((others) => others[name] === undefined));
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
