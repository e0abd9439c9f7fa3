import { ValuesMap } from "../functions/objects/values-map.ts";
import type { GoMap, GoValue } from "../template/go-value.ts";

/**
 * A subchart's `.Values`: another type than the entry of its parent's values, but the same map, so that what a template of
 * one sets is seen by the other.
 */
export class LinkedValues extends ValuesMap {
  readonly #base: GoMap;

  constructor(base: GoMap) {
    super([]);
    this.#base = base;
  }

  override get size(): number {
    return this.#base.size;
  }

  override get(key: string): GoValue {
    return this.#base.get(key);
  }

  override has(key: string): boolean {
    return this.#base.has(key);
  }

  override set(key: string, value: GoValue): this {
    this.#base.set(key, value);
    return this;
  }

  override delete(key: string): boolean {
    return this.#base.delete(key);
  }

  override clear(): void {
    this.#base.clear();
  }

  override keys(): MapIterator<string> {
    return this.#base.keys();
  }

  override values(): MapIterator<GoValue> {
    return this.#base.values();
  }

  override entries(): MapIterator<[string, GoValue]> {
    return this.#base.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, GoValue]> {
    return this.#base[Symbol.iterator]();
  }

  override forEach(visit: (value: GoValue, key: string, map: Map<string, GoValue>) => void): void {
    for (const [key, value] of this.#base) visit(value, key, this);
  }
}
