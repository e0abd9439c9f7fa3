import { type GoMap, type GoValue, TypedMap } from "./go-value.ts";
import { type MapRead, MapReads, type SpecialNames } from "./map-reads.ts";

const maxNesting = 20;

/**
 * What renders of one template set share: the texts of files, partials and costly statements with what each of them read. A
 * text whose reads find the same values again is not made again. A run that changes a map that other templates see ends
 * this: everything is forgotten and nothing is remembered until the next render.
 */
export class RenderMemory {
  /** Counts the renders. */
  now = 1;
  isActive = true;
  /** What has been read, in order: a text depends on what was read while it was made. */
  readonly trail: MapRead[] = [];
  /** How often something was used that may be another the next time: random functions, the clock, the cluster. */
  unsteady = 0;
  /** How often it was asked which file is being rendered. */
  ofFile = 0;
  readonly #maps = new Map<string, MapReads>();
  #shared: Set<GoMap> | undefined;
  #taken = 0;

  /** Starts a render. */
  start(): void {
    this.now++;
    this.isActive = true;
    this.trail.length = 0;
    this.#shared = undefined;
  }

  /** Ends a render that went well: what it did not use is forgotten. */
  finish(): void {
    for (const reads of this.#maps.values()) reads.prune(this.now);
  }

  /** Forgets everything; nothing is remembered until the next render. */
  forget(): void {
    this.isActive = false;
    for (const reads of this.#maps.values()) reads.clear();
  }

  /** Returns the reads of the map that stands at a place of the release, with the map as it is in this render. */
  readsOf(place: string, base: GoMap, special?: SpecialNames): MapReads {
    let reads = this.#maps.get(place);
    if (reads === undefined) {
      reads = new MapReads(this, base, special);
      this.#maps.set(place, reads);
    }
    reads.base = base;
    return reads;
  }

  /** Returns what was read since the trail had a length, each once, and leaves just that on the trail. */
  take(start: number): readonly MapRead[] {
    const { trail } = this;
    const count = ++this.#taken;
    const reads: MapRead[] = [];
    for (let index = start; index < trail.length; index++) {
      const read = trail[index];
      if (read === undefined || read.countedFor === count) continue;
      read.countedFor = count;
      reads.push(read);
    }
    trail.length = start;
    for (const read of reads) trail.push(read);
    return reads;
  }

  /** Hears that a function changes maps; `isDeep` when it may change maps within its arguments. */
  noteChange(values: readonly unknown[], isDeep: boolean): void {
    if (!this.isActive) return;
    const last = values.length - 1;
    const changesShared = values.some((value, index) => {
      if (!(value instanceof Map)) return false;
      if (index === 0 && this.isShared(value)) return true;
      // A merge takes over the maps of a source as they are, and merges the next source into them.
      return isDeep && (index === 0 || index < last) && this.#holdsShared(value, 0);
    });
    if (changesShared) this.forget();
  }

  /** Returns whether other templates see a map. */
  isShared(map: GoMap): boolean {
    if (map instanceof TypedMap) return true;
    if (this.#shared === undefined) {
      this.#shared = new Set();
      for (const { base } of this.#maps.values()) collectMaps(base, this.#shared);
    }
    return this.#shared.has(map);
  }

  #holdsShared(value: GoValue, depth: number): boolean {
    if (depth > maxNesting) return true;
    if (value instanceof TypedMap) return depth > 0;
    if (!(value instanceof Map)) return false;
    return value
      .values()
      .some((member) => member instanceof Map && (this.isShared(member) || this.#holdsShared(member, depth + 1)));
  }
}

function collectMaps(value: GoValue, found: Set<GoMap>): void {
  if (value instanceof TypedMap) return;
  if (value instanceof Map) {
    if (found.has(value)) return;
    found.add(value);
    for (const member of value.values()) collectMaps(member, found);
  } else if (Array.isArray(value)) {
    for (const item of value) collectMaps(item, found);
  }
}
