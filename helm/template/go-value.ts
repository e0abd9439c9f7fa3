import type { GoFunction } from "./go-function.ts";
import type { MapReads } from "./map-reads.ts";

/**
 * Go values as the template engine holds them.
 *
 * | Go                              | here                                                     |
 * |---------------------------------|----------------------------------------------------------|
 * | the zero `reflect.Value`        | `undefined` (a variable that was given nil, `<no value>`) |
 * | a nil `interface{}`             | `null` (a missing or null map entry)                      |
 * | `float64`                       | `number` (every number that came out of YAML or JSON)     |
 * | `int`, `int64`, …               | `GoInt` (literals, `len`, `add`, `--set`)                 |
 * | `string`                        | `string`; bytes that are no UTF-8 as in `go-string.ts`    |
 * | `[]byte`                        | `Uint8Array`                                              |
 * | `[]interface{}`                 | an array; other slices a `TypedSlice`                     |
 * | `map[string]interface{}`        | a `Map`; other maps with string keys a `TypedMap`         |
 * | structs and types with methods  | a `GoObject`                                              |
 */
export type GoValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | GoInt
  | GoComplex
  | Uint8Array
  | GoObject
  | GoMap
  | GoValue[];

/** A Go map with string keys; `Map<string, interface{}>` unless it is a `TypedMap`. Functions like `set` change it in place. */
export type GoMap = Map<string, GoValue>;

/** The integer types that templates can meet; `int` is 64 bits wide. */
export type IntKind = "int" | "int64" | "int32" | "uint8" | "uint32" | "uint64";

const cachedFrom = -16;
const cachedTo = 1024;

/** A Go integer; make them with `goInt` and `goInt64`. */
export class GoInt {
  readonly value: bigint;
  readonly kind: IntKind;

  constructor(value: bigint, kind: IntKind) {
    this.value = value;
    this.kind = kind;
  }
}

/** Made when they are first asked for: few calls of a short process need many. */
const smallInts = {
  int: Array.from<GoInt | undefined>({ length: cachedTo - cachedFrom }),
  int64: Array.from<GoInt | undefined>({ length: cachedTo - cachedFrom }),
};

function cachedInt(value: number | bigint, kind: "int" | "int64"): GoInt {
  if (value >= cachedFrom && value < cachedTo) {
    return (smallInts[kind][Number(value) - cachedFrom] ??= new GoInt(BigInt(value), kind));
  }
  return new GoInt(BigInt.asIntN(64, BigInt(value)), kind);
}

/** Returns a Go `int`, wrapped to 64 bits; the number must be whole. */
export function goInt(value: number | bigint): GoInt {
  return cachedInt(value, "int");
}

/** Returns a Go `int64`, wrapped to 64 bits; the number must be whole. */
export function goInt64(value: number | bigint): GoInt {
  return cachedInt(value, "int64");
}

/** A Go `complex128`, which only literals like `1i` make. */
export class GoComplex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** A Go slice whose elements are not `interface{}`, or a nil slice. `map`, `filter` and `slice` give plain arrays. */
export class TypedSlice extends Array<GoValue> {
  goType = "[]interface {}";
  isNil = false;

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** Returns the method of the type, or `undefined` when there is none of that name. */
  method(_name: string): GoFunction | undefined {
    return undefined;
  }
}

/** Returns a slice of the named Go type, as `[]string`. */
export function typedSlice(goType: string, items: readonly GoValue[]): TypedSlice {
  const slice = new TypedSlice();
  slice.goType = goType;
  for (const item of items) slice.push(item);
  return slice;
}

/** Returns a nil slice: empty, but `null` in YAML and JSON. */
export function nilSlice(goType = "[]interface {}"): TypedSlice {
  const slice = typedSlice(goType, []);
  slice.isNil = true;
  return slice;
}

/** A Go map with string keys that is not a plain `map[string]interface {}`. */
export class TypedMap extends Map<string, GoValue> {
  readonly goType: string;
  /** Where it is noted what templates read of it; only for maps that all templates of a release see. */
  reads: MapReads | undefined = undefined;
  /** What a missing key gives. */
  readonly zero: GoValue;
  /** Whether Go lets it stand for a `map[string]interface {}`. */
  readonly assignable: boolean;
  /** Nil maps are empty, refuse to be written to, and are `null` in YAML and JSON. */
  readonly isNil: boolean;

  constructor(options: {
    goType: string;
    zero: GoValue;
    assignable?: boolean;
    isNil?: boolean;
    entries?: Iterable<readonly [string, GoValue]>;
  }) {
    super();
    this.goType = options.goType;
    this.zero = options.zero;
    this.assignable = options.assignable ?? false;
    for (const [key, value] of options.entries ?? []) this.set(key, value);
    this.isNil = options.isNil ?? false;
  }

  /** Returns the method of the type, or `undefined` when there is none of that name. */
  method(_name: string): GoFunction | undefined {
    return undefined;
  }

  override set(key: string, value: GoValue): this {
    if (this.isNil) throw new GoPanic("assignment to entry in nil map");
    return super.set(key, value);
  }
}

/** Returns the nil `map[string]interface {}` that Go passes where a map is wanted and there is no value. */
export function nilMap(): TypedMap {
  return new TypedMap({ goType: "map[string]interface {}", zero: null, assignable: true, isNil: true });
}

/** A fault inside a Go function: what Go would panic with, or the error that the function returns. */
export class GoPanic extends Error {}

/** Go kinds, as `kindOf` names them. */
export type GoKind =
  | "invalid"
  | "bool"
  | "float64"
  | "string"
  | IntKind
  | "complex128"
  | "slice"
  | "map"
  | "struct"
  | "ptr";

/** A value of a Go struct or of a type with methods. Subclasses say what a template can see of it. */
export abstract class GoObject {
  abstract readonly goType: string;
  abstract readonly kind: GoKind;

  /** Returns the exported field, or `undefined` when there is none of that name. */
  field(_name: string): GoField | undefined {
    return undefined;
  }

  /** Returns the method, or `undefined` when there is none of that name. */
  method(_name: string): GoFunction | undefined {
    return undefined;
  }

  /** Returns what Go's `%v` prints: the text of `String()`, or the fields in braces. */
  abstract goString(): string;

  /** Returns what `%+v` prints: as `goString`, with the names of a struct's fields. */
  namedString(): string {
    return this.goString();
  }

  /** Returns what `%#v` prints: the value as it stands in a Go program. */
  goSyntax(): string {
    return this.goString();
  }

  /** Returns what an action prints that shows the value itself; Go then finds methods that it misses elsewhere. */
  actionText(): string {
    return this.goString();
  }

  /** Returns what `encoding/json` sees. */
  abstract toJsonValue(): GoValue;
}

/** A field's value, boxed so that a nil field differs from a missing one. */
export interface GoField {
  readonly value: GoValue;
  /** Whether Go hides it from templates, with an error of its own. */
  readonly isHidden?: boolean | undefined;
}

/** Returns whether a value is a map, whatever the type of its elements. */
export function isGoMap(value: GoValue): value is GoMap {
  return value instanceof Map;
}

/** Returns whether a value may be passed where Go wants a `map[string]interface {}`. */
export function isStringAnyMap(value: GoValue): value is GoMap {
  return value instanceof Map && (!(value instanceof TypedMap) || value.assignable);
}
