import { fn, type GoFunction } from "../../template/go-function.ts";
import { GoObject, type GoValue, goInt64 } from "../../template/go-value.ts";
import { formatFraction } from "./duration-text.ts";

/** Nanoseconds by unit. */
export const nanosPer = {
  microsecond: 1000n,
  millisecond: 1_000_000n,
  second: 1_000_000_000n,
  minute: 60_000_000_000n,
  hour: 3_600_000_000_000n,
} as const;

/** Go's `time.Duration`. */
export class GoDuration extends GoObject {
  readonly goType = "time.Duration";
  readonly kind = "int64";
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = BigInt.asIntN(64, nanos);
  }

  override method(name: string): GoFunction | undefined {
    return durationMethods(this)[name];
  }

  goString(): string {
    return formatDuration(this.nanos);
  }

  override goSyntax(): string {
    return String(this.nanos);
  }

  toJsonValue(): GoValue {
    return goInt64(this.nanos);
  }
}

function durationMethods(duration: GoDuration): Readonly<Record<string, GoFunction>> {
  const { nanos } = duration;
  return {
    String: fn([], () => duration.goString()),
    Hours: fn([], () => inUnit(nanos, nanosPer.hour)),
    Minutes: fn([], () => inUnit(nanos, nanosPer.minute)),
    Seconds: fn([], () => inUnit(nanos, nanosPer.second)),
    Milliseconds: fn([], () => goInt64(nanos / nanosPer.millisecond)),
    Microseconds: fn([], () => goInt64(nanos / nanosPer.microsecond)),
    Nanoseconds: fn([], () => goInt64(nanos)),
    Abs: fn([], () => new GoDuration(nanos < 0n ? -nanos : nanos)),
  };
}

/** Returns a duration in a unit as Go counts it: whole units and a fraction. */
export function inUnit(nanos: bigint, unit: bigint): number {
  return Number(nanos / unit) + Number(nanos % unit) / Number(unit);
}

/** Returns a duration as Go prints it: `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return "0s";
  const sign = nanos < 0n ? "-" : "";
  const size = nanos < 0n ? -nanos : nanos;
  if (size < nanosPer.microsecond) return `${sign}${size}ns`;
  if (size < nanosPer.millisecond) return `${sign}${formatFraction(size, 3)}µs`;
  if (size < nanosPer.second) return `${sign}${formatFraction(size, 6)}ms`;
  const hours = size / nanosPer.hour;
  const minutes = (size / nanosPer.minute) % 60n;
  const seconds = `${formatFraction(size % nanosPer.minute, 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0n ? `${sign}${minutes}m${seconds}` : sign + seconds;
}

/** Returns a duration rounded to a multiple, halves away from zero: Go's `Round`. */
export function roundDuration(nanos: bigint, multiple: bigint): bigint {
  if (multiple <= 0n) return nanos;
  const rest = nanos % multiple;
  const size = rest < 0n ? -rest : rest;
  if (size * 2n < multiple) return nanos - rest;
  const rounded = nanos - rest + (nanos < 0n ? -multiple : multiple);
  const [min, max] = [-(2n ** 63n), 2n ** 63n - 1n];
  return rounded < min ? min : rounded > max ? max : rounded;
}
