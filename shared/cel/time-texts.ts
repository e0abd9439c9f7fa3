import { CelFault } from "./cel-fault.ts";
import { CelDuration, CelTimestamp } from "./cel-value.ts";

/** Nanoseconds of a second. */
export const second = 1_000_000_000n;

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
};

const timeShape =
  /^\d{4}-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d{1,9})\d*)?(?<zone>Z|[+-]\d\d:\d\d)$/u;
const firstSecond = -62_135_596_800n;
const lastSecond = 253_402_300_799n;
const maxNanos = 2n ** 63n - 1n;

/** Returns a time of RFC 3339. Throws `CelFault`. */
export function parseTimestamp(text: string): CelTimestamp {
  const { month, day, fraction = "", hour, second: seconds, zone } = timeShape.exec(text)?.groups ?? {};
  const plain = text.replace(/\.\d+/u, "");
  const ms = Date.parse(plain);
  const legal = month !== undefined && Number(hour) < 24 && Number(seconds) < 60 && !Number.isNaN(ms);
  // JavaScript takes 30 February for a day in March.
  if (
    !legal ||
    new Date(Date.parse(`${plain.slice(0, 10)}T00:00:00Z`)).getUTCDate() !== Number(day) ||
    zone === undefined
  ) {
    throw new CelFault(`${JSON.stringify(text.slice(0, 60))} is no time such as 2026-01-31T12:00:00Z`);
  }
  return timestampOf((BigInt(ms) / 1000n) * second + BigInt(fraction.padEnd(9, "0")));
}

/** Returns a timestamp between the years 1 and 9999. Throws `CelFault`. */
export function timestampOf(nanos: bigint): CelTimestamp {
  if (nanos < firstSecond * second || nanos > (lastSecond + 1n) * second - 1n) throw new CelFault("timestamp overflow");
  return new CelTimestamp(nanos);
}

/** Returns a time as RFC 3339 with as much of the second as there is. */
export function printTimestamp({ nanos }: CelTimestamp): string {
  const rest = ((nanos % second) + second) % second;
  const whole = new Date(Number((nanos - rest) / 1_000_000n)).toISOString().slice(0, 19);
  return `${whole}${printFraction(rest)}Z`;
}

/** Returns a duration as Go's `time.ParseDuration` reads it: `1h30m`, `-1.5s`. Throws `CelFault`. */
export function parseDuration(text: string): CelDuration {
  const fault = new CelFault(`${JSON.stringify(text.slice(0, 60))} is no duration such as 1h30m or 90s`);
  const unsigned = text.replace(/^[+-]/u, "");
  if (unsigned === "0") return new CelDuration(0n);
  if (text.length > 100 || !/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/u.test(unsigned)) throw fault;
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of unsigned.matchAll(
    /(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gu,
  )) {
    const scale = units[unit] ?? 0n;
    nanos += BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
  }
  if (nanos > maxNanos) throw fault;
  return new CelDuration(text.startsWith("-") ? -nanos : nanos);
}

/** Returns a duration in seconds: `5400s`, `-0.5s`. */
export function printDuration({ nanos }: CelDuration): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? "-" : ""}${size / second}${printFraction(size % second)}s`;
}

function printFraction(nanos: bigint): string {
  return nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/u, "")}`;
}
