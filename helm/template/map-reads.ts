import { type GoMap, type GoValue, TypedMap } from "./go-value.ts";
import type { RememberedText, TextPieces } from "./remembered-text.ts";
import type { RenderMemory } from "./render-memory.ts";
import { isSameValue } from "./same-value.ts";

/** A place in a map that templates have read: `image.tag`, or the whole map without names. */
export class MapRead {
  readonly #reads: MapReads;
  readonly #names: readonly string[];
  #found: FoundValue;
  /** The render in which the value was looked at last, and the one in which it was first seen as it is. */
  #checked: number;
  #changed: number;
  /** The last text whose reads this was counted among; see `RenderMemory.take`. */
  countedFor = 0;

  constructor(reads: MapReads, names: readonly string[], found: FoundValue) {
    this.#reads = reads;
    this.#names = names;
    this.#found = found;
    this.#checked = reads.memory.now;
    this.#changed = this.#checked;
  }

  /** The render in which this was looked at last. */
  get checked(): number {
    return this.#checked;
  }

  /** Returns what stands there in a render. */
  foundAt(now: number): FoundValue {
    if (this.#checked !== now) this.#look(now);
    return this.#found;
  }

  /** Returns the number of the render since which the value is what it is now. */
  changedAt(now: number): number {
    if (this.#checked !== now) this.#look(now);
    return this.#changed;
  }

  #look(now: number): void {
    const found = this.#reads.find(this.#names);
    const last = this.#found;
    if (found.depth !== last.depth || !isSameValue(found.value, last.value)) this.#changed = now;
    this.#found = found;
    this.#checked = now;
  }
}

/** What stands at the end of a path, or where it cannot be followed further. */
export interface FoundValue {
  readonly value: GoValue;
  /** How many names were followed. */
  readonly depth: number;
  /** The map in which the last name was looked for. */
  readonly within: GoMap;
}

/** Names of a map that no text may depend on, or only the text of the file that is being rendered. */
export type SpecialNames = ReadonlyMap<string, "file" | "never">;

const noNames: SpecialNames = new Map();
const wholeMap: ReadPath = { names: [], key: " " };

/** A path through maps, and what tells it from others of the same map. */
export interface ReadPath {
  readonly names: readonly string[];
  readonly key: string;
}

/** Returns the path of names that stand in a template, as in `.image.tag`. */
export function readPath(names: readonly string[]): ReadPath {
  return { names, key: names.join(".") };
}

/** What templates read of a map that all of them see, such as `.Values`, in this render and the ones before. */
export class MapReads {
  readonly memory: RenderMemory;
  readonly special: SpecialNames;
  /** The map as it is in this render. */
  base: GoMap;
  /** The texts that were made with this map as data, by their makers. */
  readonly texts = new Map<unknown, RememberedText>();
  readonly #pieces = new Map<unknown, TextPieces>();
  readonly #reads = new Map<string, MapRead>();

  constructor(memory: RenderMemory, base: GoMap, special: SpecialNames = noNames) {
    this.memory = memory;
    this.base = base;
    this.special = special;
  }

  /** Follows names through plain maps, and through maps whose reads are noted, as long as no method hides an entry. */
  find(names: readonly string[]): FoundValue {
    let value: GoValue = this.base;
    let within = this.base;
    let depth = 0;
    while (value instanceof Map) {
      const name = names[depth];
      if (name === undefined) break;
      if (value instanceof TypedMap) {
        if (value.reads === undefined || value.method(name) !== undefined) break;
        value = value.reads.base;
      }
      within = value;
      value = within.get(name);
      depth++;
    }
    return { value, depth, within };
  }

  /** Returns what stands at a path and notes that it was read. */
  read(path: ReadPath): FoundValue {
    const { memory } = this;
    if (!memory.isActive) return this.find(path.names);
    const read = this.#reads.get(path.key);
    if (read === undefined) return this.#readFirst(path);
    memory.trail.push(read);
    return read.foundAt(memory.now);
  }

  #readFirst({ names, key }: ReadPath): FoundValue {
    const { memory } = this;
    const found = this.find(names);
    const [name = "", second] = names;
    const special = this.special.get(name);
    if (special !== undefined) {
      if (special === "never") memory.unsteady++;
      else if (second !== "BasePath") memory.ofFile++;
      return found;
    }
    if (found.value instanceof TypedMap && found.value.reads !== undefined) return found;
    const read = new MapRead(this, names, found);
    this.#reads.set(key, read);
    memory.trail.push(read);
    return found;
  }

  /** Notes that one entry was read, as by `get`. */
  readEntry(name: string): GoValue {
    return this.read({ names: [name], key: `\0${name}` }).value;
  }

  /** Notes that all was read, as by `toYaml` and `range`. */
  readAll(): GoMap {
    if (this.special.size > 0) this.memory.unsteady++;
    else this.read(wholeMap);
    return this.base;
  }

  /** Returns the pieces of the text that a template makes of this map. */
  piecesOf(template: unknown): TextPieces {
    let pieces = this.#pieces.get(template);
    if (pieces === undefined) {
      pieces = { texts: [], isFirst: true, used: 0 };
      this.#pieces.set(template, pieces);
    } else {
      pieces.isFirst = false;
    }
    pieces.used = this.memory.now;
    return pieces;
  }

  /** Forgets what the last render did not use. */
  prune(now: number): void {
    for (const [key, text] of this.texts) {
      if (text.used !== now) this.texts.delete(key);
      else if (text.pieces !== undefined) text.pieces.used = now;
    }
    for (const [template, pieces] of this.#pieces) if (pieces.used !== now) this.#pieces.delete(template);
    for (const [key, read] of this.#reads) if (read.checked !== now) this.#reads.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.texts.clear();
    this.#pieces.clear();
    this.#reads.clear();
  }
}
