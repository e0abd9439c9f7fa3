import { fn, type GoFunction, scoped } from "../../template/go-function.ts";
import { GoInt, GoPanic, type GoValue } from "../../template/go-value.ts";
import { drawRandom, type Scope } from "../../template/scope.ts";
import { parseDuration } from "./duration-text.ts";
import { formatTime } from "./format-time.ts";
import { formatDuration, nanosPer, roundDuration } from "./go-duration.ts";
import { fromNanos, GoTime, zeroTime } from "./go-time.ts";
import { parseTime } from "./parse-time.ts";
import { findZone, type TimeZone, utc } from "./time-zone.ts";

const localZones = new Map<string, TimeZone>();

function localZone(scope: Scope): TimeZone {
  const name = scope.run.options.timeZone ?? "UTC";
  const known = localZones.get(name);
  if (known !== undefined) return known;
  const zone = { ...(findZone(name) ?? utc), isLocal: true };
  localZones.set(name, zone);
  return zone;
}

/** The present, from the tape when it is replayed: a chart that prints it would otherwise differ at every render. */
function now(scope: Scope): GoTime {
  const clock = scope.run.options.now ?? Date.now;
  const millis = drawRandom(scope, { name: "now", args: [] }, () => String(Math.round(clock())));
  return fromNanos(BigInt(millis) * nanosPer.millisecond, localZone(scope));
}

function asTime(scope: Scope, value: GoValue): GoTime {
  if (value instanceof GoTime) return value;
  if (value instanceof GoInt && ["int", "int64", "int32"].includes(value.kind)) {
    return fromNanos(value.value * nanosPer.second, localZone(scope));
  }
  return now(scope);
}

function dateInZone(
  scope: Scope,
  date: { readonly layout: string; readonly value: GoValue; readonly zone: string },
): string {
  const zone = date.zone === "Local" ? localZone(scope) : (findZone(date.zone) ?? utc);
  return formatTime(asTime(scope, date.value).in(zone), date.layout);
}

function asGoTime(value: unknown): GoTime {
  if (value instanceof GoTime) return value;
  throw new GoPanic("wrong type for value; expected time.Time");
}

function quietly<T>(run: () => T, otherwise: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoPanic) return otherwise();
    throw error;
  }
}

function ago(scope: Scope, value: GoValue): string {
  const since = now(scope).totalNanos() - asTime(scope, value).totalNanos();
  return formatDuration(roundDuration(since, nanosPer.second));
}

function duration(value: GoValue): string {
  let seconds = 0n;
  if (typeof value === "string" && /^[+-]?\d+$/.test(value)) seconds = BigInt(value.replace("+", ""));
  if (value instanceof GoInt && value.kind === "int64") seconds = value.value;
  return formatDuration(BigInt.asIntN(64, seconds * nanosPer.second));
}

function durationRound(scope: Scope, value: GoValue): string {
  let nanos = 0n;
  if (typeof value === "string")
    nanos = quietly(
      () => parseDuration(value),
      () => 0n,
    );
  else if (value instanceof GoInt && value.kind === "int64") nanos = value.value;
  else if (value instanceof GoTime) nanos = now(scope).totalNanos() - value.totalNanos();
  const size = nanos < 0n ? -nanos : nanos;
  const day = nanosPer.hour * 24n;
  const units = [
    ["y", day * 365n],
    ["mo", day * 30n],
    ["d", day],
    ["h", nanosPer.hour],
    ["m", nanosPer.minute],
    ["s", nanosPer.second],
  ] as const;
  const found = units.find(([, unit]) => size > unit);
  return found === undefined ? "0s" : `${size / found[1]}${found[0]}`;
}

const modify = fn(["string", "time"], (change, date) => {
  const time = asGoTime(date);
  return quietly(
    () => time.plus(parseDuration(change)),
    () => time,
  );
});
const mustModify = fn(["string", "time"], (change, date) => asGoTime(date).plus(parseDuration(change)));
const inZone = scoped(["string", "any", "string"], (scope, layout, ...[value, zone]) =>
  dateInZone(scope, { layout, value, zone }),
);

/** Dates; see sprig's `date.go`. Layouts are Go's (`2006-01-02`), "local" is the run's zone. */
export const dateFunctions: Readonly<Record<string, GoFunction>> = {
  now: scoped([], now),
  ago: scoped(["any"], ago),
  date: scoped(["string", "any"], (scope, layout, value) => dateInZone(scope, { layout, value, zone: "Local" })),
  dateInZone: inZone,
  date_in_zone: inZone,
  htmlDate: scoped(["any"], (scope, value) => dateInZone(scope, { layout: "2006-01-02", value, zone: "Local" })),
  htmlDateInZone: scoped(["any", "string"], (scope, value, zone) =>
    dateInZone(scope, { layout: "2006-01-02", value, zone }),
  ),
  dateModify: modify,
  date_modify: modify,
  mustDateModify: mustModify,
  must_date_modify: mustModify,
  toDate: scoped(["string", "string"], (scope, layout, text) =>
    quietly(() => parseTime(layout, text, localZone(scope)), zeroTime),
  ),
  mustToDate: scoped(["string", "string"], (scope, layout, text) => parseTime(layout, text, localZone(scope))),
  unixEpoch: fn(["time"], (date) => String(asGoTime(date).seconds)),
  duration: fn(["any"], duration),
  durationRound: scoped(["any"], durationRound),
};
