import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { CelBudget } from "./cel-budget.ts";

/** A key of a map; whole numbers of every type are equal as keys. */
export type CelKey = string | bigint | boolean;

/** A value of the Common Expression Language: `bigint` is its int, `number` its double. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly CelValue[]
  | CelMap
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelType
  | CelOptional
  | CelQuantity;

export type CelMap = ReadonlyMap<CelKey, CelValue>;

/** A whole number without a sign. */
export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A point in time, in nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A length of time in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** The type of a value, as `type()` returns it. */
export class CelType {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be missing: of `.?`, `[?…]` and `optional.of()`. */
export class CelOptional {
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

/** A quantity of Kubernetes, in billionths of its unit. */
export class CelQuantity {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Returns whether a value is a list. */
export function isCelList(value: CelValue): value is readonly CelValue[] {
  return Array.isArray(value);
}

/** Returns whether a value is a map. */
export function isCelMap(value: CelValue): value is CelMap {
  return value instanceof Map;
}

/** Returns the name of a value's type, as `type()` prints it. */
export function typeNameOf(value: CelValue): string {
  if (value === null) return "null_type";
  if (typeof value === "object") return objectTypeName(value);
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  return typeof value === "number" ? "double" : "string";
}

function objectTypeName(value: Exclude<CelValue, null | boolean | bigint | number | string>): string {
  if (isCelList(value)) return "list";
  if (isCelMap(value)) return "map";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof CelUint) return "uint";
  if (value instanceof CelTimestamp) return "google.protobuf.Timestamp";
  if (value instanceof CelDuration) return "google.protobuf.Duration";
  if (value instanceof CelOptional) return "optional_type";
  return value instanceof CelQuantity ? "kubernetes.Quantity" : "type";
}

/** Returns a JSON value as expressions see it: whole numbers are ints, as in Kubernetes. Its size counts against the budget. */
export function celFromJson(value: JsonValue, budget: CelBudget): CelValue {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== "object") return value;
  if (!isJsonObject(value)) {
    budget.spend(1 + value.length / 10);
    return value.map((item) => celFromJson(item, budget));
  }
  const entries = Object.entries(value);
  budget.spend(1 + entries.length / 10);
  return new Map<CelKey, CelValue>(entries.map(([key, item]) => [key, celFromJson(item, budget)]));
}
