import { GoPanic } from "../../template/go-value.ts";
import { quoteString } from "../../template/quote-string.ts";
import { epochSeconds, GoTime, zonedSeconds } from "./go-time.ts";
import { monthNames, weekdayNames } from "./named-int.ts";
import { type LayoutPart, splitLayout } from "./time-layout.ts";
import { fixedZone, type TimeZone, utc } from "./time-zone.ts";

/** What has been read so far. */
interface Reading {
  year: number;
  month: number | undefined;
  day: number | undefined;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  half: "am" | "pm" | undefined;
  zone: TimeZone | undefined;
  offset: number | undefined;
  zoneName: string;
}

/** Returns the time that Go's `ParseInLocation` reads. Throws `GoPanic` with Go's words. */
export function parseTime(layout: string, text: string, local: TimeZone): GoTime {
  const reading: Reading = {
    year: 0,
    month: undefined,
    day: undefined,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    half: undefined,
    zone: undefined,
    offset: undefined,
    zoneName: "",
  };
  const whole = { layout, text };
  let rest = text;
  const parts = splitLayout(layout);
  for (const [index, part] of parts.entries()) {
    const step = readPart({ part, next: parts[index + 1] }, rest, reading);
    if (step === undefined) throw parseFault(whole, part.text, rest);
    if (step.outOfRange !== undefined) throw rangeFault(whole, `${step.outOfRange} out of range`);
    rest = step.rest;
  }
  if (rest !== "") throw rangeFault(whole, `extra text: ${quoteString(rest)}`);
  return assemble(reading, local, whole);
}

interface Whole {
  readonly layout: string;
  readonly text: string;
}

function parseFault(whole: Whole, part: string, rest: string): GoPanic {
  const { layout, text } = whole;
  return new GoPanic(
    `parsing time ${quoteString(text)} as ${quoteString(layout)}: cannot parse ${quoteString(rest)} as ${quoteString(part)}`,
  );
}

function rangeFault(whole: Whole, message: string): GoPanic {
  return new GoPanic(`parsing time ${quoteString(whole.text)}: ${message}`);
}

interface Step {
  readonly rest: string;
  readonly outOfRange?: string;
}

interface Place {
  readonly part: LayoutPart;
  readonly next: LayoutPart | undefined;
}

function readPart(place: Place, rest: string, reading: Reading): Step | undefined {
  const { part } = place;
  const { field } = part;
  if (field === "literal") return skipLiteral(part.text, rest);
  if (field === "month" || field === "longMonth") {
    return readName(rest, monthNames, { short: field === "month", set: (index) => (reading.month = index + 1) });
  }
  if (field === "weekday" || field === "longWeekday") {
    return readName(rest, weekdayNames, { short: field === "weekday", set: () => undefined });
  }
  if (field === "upperPm" || field === "lowerPm") {
    const found = (field === "upperPm" ? /^(AM|PM)/ : /^(am|pm)/).exec(rest)?.[0];
    if (found === undefined) return undefined;
    reading.half = found.toLowerCase() === "pm" ? "pm" : "am";
    return { rest: rest.slice(2) };
  }
  if (field === "zoneName") return readZoneName(rest, reading);
  if (field === "fraction0" || field === "fraction9") return readFraction(part, rest, reading);
  if (part.text.startsWith("-") || part.text.startsWith("Z")) return readOffset(part, rest, reading);
  return readNumber(place, rest, reading);
}

/** Blanks in a layout take any number of blanks. */
function skipLiteral(literal: string, text: string): Step | undefined {
  let rest = text;
  for (let index = 0; index < literal.length; index++) {
    const character = literal[index];
    if (character === " ") {
      if (rest !== "" && !rest.startsWith(" ")) return undefined;
      rest = rest.replace(/^ +/, "");
      while (literal[index + 1] === " ") index++;
    } else {
      if (rest[0] !== character) return undefined;
      rest = rest.slice(1);
    }
  }
  return { rest };
}

function readName(
  rest: string,
  names: readonly string[],
  into: { readonly short: boolean; readonly set: (index: number) => void },
): Step | undefined {
  const shown = names.map((name) => (into.short ? name.slice(0, 3) : name));
  const index = shown.findIndex((name) => rest.slice(0, name.length).toLowerCase() === name.toLowerCase());
  if (index < 0) return undefined;
  into.set(index);
  return { rest: rest.slice((shown[index] ?? "").length) };
}

function readZoneName(rest: string, reading: Reading): Step | undefined {
  if (rest.startsWith("UTC")) {
    reading.zone = utc;
    return { rest: rest.slice(3) };
  }
  const found = /^(?:ChST|MeST|GMT(?:[+-]\d{1,2})?|[+-]\d{2}(?:\d{2})?|[A-Z]{4}T|WITA|[A-Z]{3}T|[A-Z]{3})/.exec(
    rest,
  )?.[0];
  if (found === undefined) return undefined;
  reading.zoneName = found;
  return { rest: rest.slice(found.length) };
}

function readFraction(part: LayoutPart, rest: string, reading: Reading): Step | undefined {
  const optional = part.field === "fraction9";
  const found = optional ? /^[.,]\d+/.exec(rest)?.[0] : rest.slice(0, part.text.length);
  if (found === undefined) return { rest };
  if (!/^[.,]\d+$/.test(found) || (!optional && found.length !== part.text.length)) return undefined;
  reading.nanos = Number(found.slice(1, 10).padEnd(9, "0"));
  return { rest: rest.slice(found.length) };
}

function readOffset(part: LayoutPart, rest: string, reading: Reading): Step | undefined {
  if (part.text.startsWith("Z") && rest.startsWith("Z")) {
    reading.zone = utc;
    return { rest: rest.slice(1) };
  }
  const pattern = part.text.slice(1).replaceAll(/\d\d/g, String.raw`(\d\d)`);
  const found = new RegExp(`^([+-])${pattern}`).exec(rest);
  if (found === null) return undefined;
  const [whole, sign, hours = "0", minutes = "0", seconds = "0"] = found;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  reading.offset = sign === "-" ? -size : size;
  const step = { rest: rest.slice(whole.length) };
  if (Number(hours) > 24) return { ...step, outOfRange: "time zone offset hour" };
  return Number(minutes) > 60 ? { ...step, outOfRange: "time zone offset minute" } : step;
}

function readNumber({ part, next }: Place, text: string, reading: Reading): Step | undefined {
  const { field } = part;
  const rest = field.startsWith("under") ? text.replace(field === "underYearDay" ? /^ {0,2}/ : /^ ?/, "") : text;
  const pattern = numberPattern(field);
  const found = pattern.exec(rest)?.[0];
  if (found === undefined) return undefined;
  const after = rest.slice(found.length);
  const outOfRange = storeNumber(field, Number(found), reading);
  if (outOfRange !== undefined) return { rest: after, outOfRange };
  const fraction = /^[.,]\d+/.exec(after)?.[0];
  const isSecond = field === "second" || field === "zeroSecond";
  const layoutHasFraction = next?.field === "fraction0" || next?.field === "fraction9";
  if (!isSecond || layoutHasFraction || fraction === undefined) return { rest: after };
  reading.nanos = Number(fraction.slice(1, 10).padEnd(9, "0"));
  return { rest: after.slice(fraction.length) };
}

function numberPattern(field: LayoutPart["field"]): RegExp {
  if (field === "longYear") return /^\d{4}/;
  if (field === "year") return /^\d{2}/;
  if (field === "zeroYearDay") return /^\d{3}/;
  if (field === "underYearDay") return /^\d{1,3}/;
  return field.startsWith("zero") && field !== "zeroDay" ? /^\d{2}/ : field === "zeroDay" ? /^\d{2}/ : /^\d{1,2}/;
}

function storeNumber(field: LayoutPart["field"], value: number, reading: Reading): string | undefined {
  const name = field.replace(/^(?:zero|under|num|long)/, "").toLowerCase();
  switch (name) {
    case "year":
      reading.year = field === "year" ? value + (value >= 69 ? 1900 : 2000) : value;
      return undefined;
    case "month":
      reading.month = value;
      return value < 1 || value > 12 ? "month" : undefined;
    case "day":
      reading.day = value;
      return undefined;
    case "yearday":
      reading.yearDay = value;
      return undefined;
    case "hour":
    case "hour12":
      reading.hour = value;
      return value > (name === "hour" ? 23 : 12) ? "hour" : undefined;
    case "minute":
      reading.minute = value;
      return value > 59 ? "minute" : undefined;
    default:
      reading.second = value;
      return value > 59 ? "second" : undefined;
  }
}

function assemble(reading: Reading, local: TimeZone, whole: Whole): GoTime {
  const { year, minute, second, nanos } = reading;
  let { hour } = reading;
  if (reading.half === "pm" && hour < 12) hour += 12;
  else if (reading.half === "am" && hour === 12) hour = 0;
  let month = reading.month ?? 1;
  let day = reading.day ?? 1;
  if (reading.yearDay !== undefined) {
    const date = new Date(0);
    date.setUTCFullYear(year, 0, reading.yearDay);
    if (reading.yearDay < 1 || date.getUTCFullYear() !== year) throw rangeFault(whole, "day-of-year out of range");
    month = date.getUTCMonth() + 1;
    day = date.getUTCDate();
    if (reading.month !== undefined && reading.month !== month)
      throw rangeFault(whole, "day-of-year does not match month");
    if (reading.day !== undefined && reading.day !== day) throw rangeFault(whole, "day-of-year does not match day");
  }
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  if (day < 1 || day > last.getUTCDate()) throw rangeFault(whole, "day out of range");
  const fields = { year, month, day, hour, minute, second };
  if (reading.zone !== undefined) return new GoTime({ seconds: epochSeconds(fields), nanos }, reading.zone);
  if (reading.offset !== undefined) return withOffset({ seconds: epochSeconds(fields), nanos }, reading, local);
  if (reading.zoneName !== "") return withName({ seconds: epochSeconds(fields), nanos }, reading.zoneName, local);
  return new GoTime({ seconds: zonedSeconds(fields, local), nanos }, local);
}

type Moment = Pick<GoTime, "seconds" | "nanos">;

function withOffset(wall: Moment, reading: Reading, local: TimeZone): GoTime {
  const { offset = 0, zoneName } = reading;
  const seconds = wall.seconds - offset;
  const zone = local.at(seconds);
  const isLocal = zone.seconds === offset && (zoneName === "" || zone.name === zoneName);
  return new GoTime({ seconds, nanos: wall.nanos }, isLocal ? local : fixedZone(zoneName, offset));
}

function withName(wall: Moment, name: string, local: TimeZone): GoTime {
  const zone = local.at(wall.seconds);
  if (zone.name === name) return new GoTime({ seconds: wall.seconds - zone.seconds, nanos: wall.nanos }, local);
  const offset = /^GMT[+-]\d/.test(name) ? Number(name.slice(3)) * 3600 : 0;
  return new GoTime(wall, fixedZone(name, offset));
}
