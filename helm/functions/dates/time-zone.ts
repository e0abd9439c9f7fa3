/** A zone at one moment: seconds east of UTC and the abbreviation. */
export interface ZoneOffset {
  readonly seconds: number;
  readonly name: string;
}

/** A time zone: UTC, one of the tz database, or a fixed offset. */
export interface TimeZone {
  readonly name: string;
  /** Whether it is the zone of the machine, which Go does not name. */
  readonly isLocal?: boolean;
  /** Returns the offset at a moment, in seconds since 1970. */
  readonly at: (epochSeconds: number) => ZoneOffset;
}

/** Coordinated universal time. */
export const utc: TimeZone = { name: "UTC", at: () => ({ seconds: 0, name: "UTC" }) };

/** Returns a zone of a fixed offset; Go gives it the name that was parsed, or none. */
export function fixedZone(name: string, seconds: number): TimeZone {
  return { name, at: () => ({ seconds, name }) };
}

const zones = new Map<string, TimeZone | undefined>();

/** Returns a zone of the tz database, or `undefined` when there is none of that name. */
export function findZone(name: string): TimeZone | undefined {
  if (name === "" || name === "UTC") return utc;
  if (!zones.has(name)) zones.set(name, loadZone(name));
  return zones.get(name);
}

function loadZone(name: string): TimeZone | undefined {
  // Offsets like "+02:00" are zones to JavaScript, not to Go.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  let fields: Intl.DateTimeFormat;
  let names: readonly Intl.DateTimeFormat[];
  try {
    names = nameLocales.map((locale) => new Intl.DateTimeFormat(locale, { timeZone: name, timeZoneName: "short" }));
    fields = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return { name, at: (epochSeconds) => offsetAt({ fields, names }, epochSeconds) };
}

/** Locales that know abbreviations: each knows those of its own part of the world. */
const nameLocales = ["en-US", "en-GB", "en-AU", "en-IN", "ja-JP"];

interface Formats {
  readonly fields: Intl.DateTimeFormat;
  readonly names: readonly Intl.DateTimeFormat[];
}

function offsetAt({ fields, names }: Formats, epochSeconds: number): ZoneOffset {
  const parts = new Map(fields.formatToParts(epochSeconds * 1000).map((part) => [part.type, part.value]));
  const field = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? "0");
  const year = parts.get("era") === "BC" ? 1 - field("year") : field("year");
  const date = new Date(0);
  date.setUTCFullYear(year, field("month") - 1, field("day"));
  date.setUTCHours(field("hour"), field("minute"), field("second"));
  const seconds = date.getTime() / 1000 - epochSeconds;
  return { seconds, name: abbreviation(names, epochSeconds, seconds) };
}

/** What no locale has an abbreviation for is named by its offset, as the tz database does for many. */
function abbreviation(names: readonly Intl.DateTimeFormat[], epochSeconds: number, seconds: number): string {
  for (const format of names) {
    const short = format.formatToParts(epochSeconds * 1000).find((part) => part.type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]{2,5}$/.test(short)) return short;
  }
  const minutes = Math.abs(seconds) / 60;
  const hours = String(Math.floor(minutes / 60)).padStart(2, "0");
  const rest = minutes % 60 === 0 ? "" : String(minutes % 60).padStart(2, "0");
  return `${seconds < 0 ? "-" : "+"}${hours}${rest}`;
}
