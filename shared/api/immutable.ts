import type { JsonObject, JsonValue } from "../../codec/json-value.ts";

type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: true };

/**
 * A parsed value as our code sees it: read-only all the way down. Objects with named fields lose the index signature of
 * their loose schema (unknown fields are kept at run time, but no code of ours may lean on them); JSON stays as it is.
 */
export type Immutable<T> = [JsonValue] extends [T]
  ? T
  : [T] extends [JsonObject]
    ? [JsonObject] extends [T]
      ? T
      : ImmutableValue<T>
    : ImmutableValue<T>;

type ImmutableValue<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? [NamedKeys<T>] extends [never]
      ? { readonly [K in keyof T]: Immutable<T[K]> }
      : { readonly [K in keyof T as string extends K ? never : K]: Immutable<T[K]> }
    : T;
