import { CelFault, noOverload } from "../cel-fault.ts";
import { type CelFunction, type CelFunctions, textOf } from "../cel-function.ts";
import { CelDuration, CelTimestamp, type CelValue } from "../cel-value.ts";
import { parseDuration, parseTimestamp, second, timestampOf } from "../time-texts.ts";

const day = 86_400n * second;

/** A getter of times, in a time zone when one is given; some are of durations, too. */
function getter(read: (date: Date) => number, unit?: bigint): CelFunction {
  return {
    counts: [0, 1],
    call: ([on, zone]) => {
      if (on instanceof CelDuration && unit !== undefined && zone === undefined) return on.nanos / unit;
      if (!(on instanceof CelTimestamp)) throw noOverload();
      return BigInt(read(localDate(on, zone)));
    },
  };
}

/** The local time as if it were UTC. */
function localDate(time: CelTimestamp, zone: CelValue | undefined): Date {
  const ms = Number((time.nanos - (((time.nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  return new Date(ms + (zone === undefined ? 0 : offsetMs(textOf(zone), ms)));
}

function offsetMs(zone: string, ms: number): number {
  const fixed = /^(?<sign>[+-]?)(?<hours>\d\d):(?<minutes>\d\d)$/u.exec(zone)?.groups;
  if (fixed !== undefined) {
    const minutes = Number(fixed["hours"]) * 60 + Number(fixed["minutes"]);
    return (fixed["sign"] === "-" ? -minutes : minutes) * 60_000;
  }
  try {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(ms);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
    const {
      sign,
      hours = "0",
      minutes = "0",
    } = /GMT(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d)/u.exec(name)?.groups ?? {};
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  } catch (error) {
    if (error instanceof RangeError) throw new CelFault(`unknown time zone ${zone.slice(0, 60)}`);
    throw error;
  }
}

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - first) / Number(day / 1_000_000n),
  );
}

const timestamp: CelFunction["call"] = ([value]) => {
  if (value instanceof CelTimestamp) return value;
  if (typeof value === "bigint") return timestampOf(value * second);
  return parseTimestamp(textOf(value));
};

const duration: CelFunction["call"] = ([value]) => {
  if (value instanceof CelDuration) return value;
  if (typeof value === "bigint") return new CelDuration(value * second);
  return parseDuration(textOf(value));
};

/** Times and durations. There is no current time: what an expression says of an object is the same at any time. */
export const times: CelFunctions = {
  alone: { timestamp: { counts: [1], call: timestamp }, duration: { counts: [1], call: duration } },
  methods: {
    getFullYear: getter((date) => date.getUTCFullYear()),
    getMonth: getter((date) => date.getUTCMonth()),
    getDate: getter((date) => date.getUTCDate()),
    getDayOfMonth: getter((date) => date.getUTCDate() - 1),
    getDayOfWeek: getter((date) => date.getUTCDay()),
    getDayOfYear: getter(dayOfYear),
    getHours: getter((date) => date.getUTCHours(), 3600n * second),
    getMinutes: getter((date) => date.getUTCMinutes(), 60n * second),
    getSeconds: getter((date) => date.getUTCSeconds(), second),
    getMilliseconds: getter((date) => date.getUTCMilliseconds(), 1_000_000n),
  },
};
