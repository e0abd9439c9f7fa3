import { ValuesMap } from "../functions/objects/values-map.ts";
import type { GoMap, GoValue } from "../template/go-value.ts";

/**
 * A `common.Values` over another map, so that what a template sets in one is seen in the other: a subchart's `.Values` and
 * the entry of its parent's values. Notes what is read of it.
 */
export class WatchedValues extends ValuesMap {
  readonly base: GoMap;

  constructor(base: GoMap) {
    super([]);
    this.base = base;
  }

  /** The map, all of which counts as read. */
  get #whole(): GoMap {
    return this.reads === undefined ? this.base : this.reads.readAll();
  }

  override get size(): number {
    return this.#whole.size;
  }

  override get(key: string): GoValue {
    return this.reads === undefined ? this.base.get(key) : this.reads.readEntry(key);
  }

  override has(key: string): boolean {
    this.reads?.readEntry(key);
    return this.base.has(key);
  }

  override set(key: string, value: GoValue): this {
    this.base.set(key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.base.delete(key);
  }

  override clear(): void {
    this.base.clear();
  }

  override keys(): MapIterator<string> {
    return this.#whole.keys();
  }

  override values(): MapIterator<GoValue> {
    return this.#whole.values();
  }

  override entries(): MapIterator<[string, GoValue]> {
    return this.#whole.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, GoValue]> {
    return this.#whole[Symbol.iterator]();
  }

  override forEach(visit: (value: GoValue, key: string, map: Map<string, GoValue>) => void): void {
    for (const [key, value] of this.#whole) visit(value, key, this);
  }
}
