import { fn, type GoFunction } from "../../template/go-function.ts";
import { GoObject, GoPanic, type GoValue, goInt, goInt64 } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";
import { formatTime } from "./format-time.ts";
import { GoDuration } from "./go-duration.ts";
import { GoNamedInt, monthNames, weekdayNames } from "./named-int.ts";
import { type TimeZone, utc } from "./time-zone.ts";

/** The fields of a time in its zone; months and days count from 1, Sunday is 0. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly weekday: number;
  readonly yearDay: number;
}

/** Go's `time.Time`: a moment to the nanosecond, seen in a zone. */
export class GoTime extends GoObject {
  readonly goType = "time.Time";
  readonly kind = "struct";
  readonly seconds: number;
  readonly nanos: number;
  readonly zone: TimeZone;

  constructor(moment: { readonly seconds: number; readonly nanos: number }, zone: TimeZone) {
    super();
    this.seconds = moment.seconds;
    this.nanos = moment.nanos;
    this.zone = zone;
  }

  /** Returns the same moment in another zone. */
  in(zone: TimeZone): GoTime {
    return new GoTime(this, zone);
  }

  /** Returns the moment later by some nanoseconds. */
  plus(nanoseconds: bigint): GoTime {
    return fromNanos(this.totalNanos() + nanoseconds, this.zone);
  }

  /** Returns the nanoseconds since 1970. */
  totalNanos(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos);
  }

  /** Returns the fields of the time in its zone. */
  civil(): CivilTime {
    return civilAt(this.seconds + this.zone.at(this.seconds).seconds);
  }

  override method(name: string): GoFunction | undefined {
    return timeMethods(this)[name];
  }

  goString(): string {
    return formatTime(this, "2006-01-02 15:04:05.999999999 -0700 MST");
  }

  override goSyntax(): string {
    const { year, month, day, hour, minute, second } = this.civil();
    const fields = [year, `time.${monthNames[month - 1]}`, day, hour, minute, second, this.nanos];
    return `time.Date(${fields.join(", ")}, ${zoneSyntax(this.zone)})`;
  }

  toJsonValue(): GoValue {
    return this.jsonText();
  }

  /** Returns the text that stands for the time in JSON. */
  jsonText(): string {
    return formatTime(this, "2006-01-02T15:04:05.999999999Z07:00");
  }
}

function zoneSyntax(zone: TimeZone): string {
  if (zone.isLocal === true) return "time.Local";
  return zone === utc ? "time.UTC" : `time.Location(${quoteString(zone.name)})`;
}

/** Returns the moment of some nanoseconds since 1970. */
export function fromNanos(nanos: bigint, zone: TimeZone): GoTime {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return new GoTime({ seconds: Number((nanos - rest) / 1_000_000_000n), nanos: Number(rest) }, zone);
}

/** Seconds since 1970 of Go's zero time, the first of January of year 1. */
export const zeroSeconds = -62_135_596_800;

/** Returns the zero time, which `toDate` gives for what it cannot read. */
export function zeroTime(): GoTime {
  return new GoTime({ seconds: zeroSeconds, nanos: 0 }, utc);
}

/** Returns the seconds since 1970 of fields read as UTC; fields beyond their range carry over. */
export function epochSeconds(fields: Omit<CivilTime, "weekday" | "yearDay">): number {
  const date = new Date(0);
  date.setUTCFullYear(fields.year, fields.month - 1, fields.day);
  return date.getTime() / 1000 + fields.hour * 3600 + fields.minute * 60 + fields.second;
}

/** Returns the seconds since 1970 of fields read in a zone; as in Go, a time that a clock change skips moves forward. */
export function zonedSeconds(fields: Omit<CivilTime, "weekday" | "yearDay">, zone: TimeZone): number {
  const wall = epochSeconds(fields);
  const guess = wall - zone.at(wall).seconds;
  const settled = wall - zone.at(guess).seconds;
  return zone.at(settled).seconds === wall - settled ? settled : guess;
}

function civilAt(seconds: number): CivilTime {
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  const start = epochSeconds({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((seconds - start) / 86_400) + 1,
  };
}

function asTime(value: GoValue): GoTime {
  if (value instanceof GoTime) return value;
  throw new GoPanic("wrong type for value; expected time.Time");
}

function asDuration(value: GoValue): bigint {
  if (value instanceof GoDuration) return value.nanos;
  throw new GoPanic("wrong type for value; expected time.Duration");
}

function addDate(time: GoTime, change: readonly [number, number, number]): GoTime {
  const civil = time.civil();
  const [years, months, days] = change;
  const moved = { ...civil, year: civil.year + years, month: civil.month + months, day: civil.day + days };
  return new GoTime({ seconds: zonedSeconds(moved, time.zone), nanos: time.nanos }, time.zone);
}

function timeMethods(time: GoTime): Readonly<Record<string, GoFunction>> {
  const field = (name: keyof CivilTime): GoFunction => fn([], () => goInt(time.civil()[name]));
  return {
    Format: fn(["string"], (layout) => formatTime(time, layout)),
    String: fn([], () => time.goString()),
    Unix: fn([], () => goInt64(time.seconds)),
    UnixMilli: fn([], () => goInt64(time.totalNanos() / 1_000_000n)),
    UnixMicro: fn([], () => goInt64(time.totalNanos() / 1000n)),
    UnixNano: fn([], () => goInt64(time.totalNanos())),
    Year: field("year"),
    Month: fn([], () => new GoNamedInt("time.Month", time.civil().month, monthNames[time.civil().month - 1] ?? "")),
    Day: field("day"),
    Hour: field("hour"),
    Minute: field("minute"),
    Second: field("second"),
    Nanosecond: fn([], () => goInt(time.nanos)),
    YearDay: field("yearDay"),
    Weekday: fn(
      [],
      () => new GoNamedInt("time.Weekday", time.civil().weekday, weekdayNames[time.civil().weekday] ?? ""),
    ),
    UTC: fn([], () => time.in(utc)),
    IsZero: fn([], () => time.seconds === zeroSeconds && time.nanos === 0),
    Add: fn(["value"], (duration) => time.plus(asDuration(duration))),
    Sub: fn(["value"], (other) => new GoDuration(time.totalNanos() - asTime(other).totalNanos())),
    AddDate: fn(["int", "int", "int"], (...change) => addDate(time, change)),
    Before: fn(["value"], (other) => time.totalNanos() < asTime(other).totalNanos()),
    After: fn(["value"], (other) => time.totalNanos() > asTime(other).totalNanos()),
    Equal: fn(["value"], (other) => time.totalNanos() === asTime(other).totalNanos()),
  };
}
