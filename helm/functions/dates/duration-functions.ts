import { fn, type GoFunction } from "../../template/go-function.ts";
import { typeName } from "../../template/go-type.ts";
import { GoInt, GoPanic, type GoValue, goInt64 } from "../../template/go-value.ts";
import { formatFloat } from "../../template/format-float.ts";
import { parseGoFloat } from "../../template/parse-number.ts";
import { quoteString } from "../../template/quote-string.ts";
import { parseDuration } from "./duration-text.ts";
import { GoDuration, inUnit, nanosPer, roundDuration } from "./go-duration.ts";

const maxSeconds = (2n ** 63n - 1n) / nanosPer.second;

/** Reads what Helm takes for a duration: durations, `1h30m`, and numbers (also in strings) as seconds. */
function toNanos(value: GoValue): bigint {
  if (value instanceof GoDuration) return value.nanos;
  if (typeof value === "string") return fromText(value);
  if (value === null || value === undefined) throw new GoPanic("invalid duration");
  if (value instanceof GoInt) return fromWhole(value.value);
  if (typeof value === "number") return fromFloat(value);
  throw new GoPanic(`unsupported duration type ${typeName(value)}`);
}

function fromText(text: string): bigint {
  const trimmed = text.trim();
  if (trimmed === "") throw new GoPanic("empty duration");
  try {
    return parseDuration(trimmed);
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    const seconds = parseGoFloat(trimmed);
    if (seconds !== undefined) return fromFloat(seconds);
    throw new GoPanic(`could not parse duration ${quoteString(text)}`, { cause: error });
  }
}

function fromWhole(seconds: bigint): bigint {
  if (seconds > maxSeconds || seconds < -maxSeconds) throw new GoPanic(`duration seconds overflow: ${seconds}`);
  return seconds * nanosPer.second;
}

function fromFloat(seconds: number): bigint {
  const shown = formatFloat(seconds, "g");
  if (!Number.isFinite(seconds)) throw new GoPanic(`invalid duration seconds: ${shown}`);
  const nanos = seconds * 1e9;
  if (Math.abs(nanos) > 2 ** 63) throw new GoPanic(`duration seconds overflow: ${shown}`);
  return BigInt.asIntN(64, BigInt(Math.trunc(nanos)));
}

function orElse<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoPanic) return fallback;
    throw error;
  }
}

function inUnits(unit: bigint, share = 1): GoFunction {
  return fn(["any"], (value) => orElse(() => inUnit(toNanos(value), unit) / share, 0));
}

function whole(unit: bigint): GoFunction {
  return fn(["any"], (value) => orElse(() => goInt64(toNanos(value) / unit), goInt64(0)));
}

function snap(change: (nanos: bigint, multiple: bigint) => bigint): GoFunction {
  return fn(["any", "any"], (value, multiple) => {
    const nanos = orElse<bigint | undefined>(() => toNanos(value), undefined);
    if (nanos === undefined) return new GoDuration(0n);
    const step = orElse<bigint | undefined>(() => toNanos(multiple), undefined);
    return new GoDuration(step === undefined ? nanos : change(nanos, step));
  });
}

/** Helm's helpers for durations; all but `mustToDuration` give zero for what they cannot read. */
export const durationFunctions: Readonly<Record<string, GoFunction>> = {
  mustToDuration: fn(["any"], (value) => new GoDuration(toNanos(value))),
  durationSeconds: inUnits(nanosPer.second),
  durationMinutes: inUnits(nanosPer.minute),
  durationHours: inUnits(nanosPer.hour),
  durationDays: inUnits(nanosPer.hour, 24),
  durationWeeks: fn(["any"], (value) => orElse(() => inUnit(toNanos(value), nanosPer.hour) / 24 / 7, 0)),
  durationMilliseconds: whole(nanosPer.millisecond),
  durationMicroseconds: whole(nanosPer.microsecond),
  durationNanoseconds: whole(1n),
  durationRoundTo: snap(roundDuration),
  durationTruncateTo: snap((nanos, step) => (step <= 0n ? nanos : nanos - (nanos % step))),
};
