import type { CivilTime, GoTime } from "./go-time.ts";
import { monthNames, weekdayNames } from "./named-int.ts";
import { type LayoutPart, splitLayout } from "./time-layout.ts";
import type { ZoneOffset } from "./time-zone.ts";

/** Returns a time as Go's `Format` prints it. */
export function formatTime(time: GoTime, layout: string): string {
  const moment: Moment = { civil: time.civil(), nanos: time.nanos, zone: time.zone.at(time.seconds) };
  return splitLayout(layout)
    .map((part) => formatPart(part, moment))
    .join("");
}

interface Moment {
  readonly civil: CivilTime;
  readonly nanos: number;
  readonly zone: ZoneOffset;
}

function padded(value: number, width: number, fill = "0"): string {
  const text = String(Math.abs(value)).padStart(width, fill);
  return value < 0 ? `-${text}` : text;
}

function formatPart(part: LayoutPart, moment: Moment): string {
  const { civil, zone } = moment;
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  switch (part.field) {
    case "literal":
      return part.text;
    case "year":
      return padded(((civil.year % 100) + 100) % 100, 2);
    case "longYear":
      return padded(civil.year, 4);
    case "month":
      return (monthNames[civil.month - 1] ?? "").slice(0, 3);
    case "longMonth":
      return monthNames[civil.month - 1] ?? "";
    case "numMonth":
      return String(civil.month);
    case "zeroMonth":
      return padded(civil.month, 2);
    case "weekday":
      return (weekdayNames[civil.weekday] ?? "").slice(0, 3);
    case "longWeekday":
      return weekdayNames[civil.weekday] ?? "";
    case "day":
      return String(civil.day);
    case "underDay":
      return padded(civil.day, 2, " ");
    case "zeroDay":
      return padded(civil.day, 2);
    case "underYearDay":
      return padded(civil.yearDay, 3, " ");
    case "zeroYearDay":
      return padded(civil.yearDay, 3);
    case "hour":
      return padded(civil.hour, 2);
    case "hour12":
      return String(hour12);
    case "zeroHour12":
      return padded(hour12, 2);
    case "minute":
      return String(civil.minute);
    case "zeroMinute":
      return padded(civil.minute, 2);
    case "second":
      return String(civil.second);
    case "zeroSecond":
      return padded(civil.second, 2);
    case "upperPm":
      return civil.hour >= 12 ? "PM" : "AM";
    case "lowerPm":
      return civil.hour >= 12 ? "pm" : "am";
    case "zoneName":
      return zone.name === "" ? formatOffset(zone.seconds, { colon: false, seconds: false, short: false }) : zone.name;
    case "fraction0":
    case "fraction9":
      return formatFraction(part, moment.nanos);
    case "zone":
    case "zoneColon":
    case "zoneColonSeconds":
    case "zoneSeconds":
    case "zoneShort":
    case "isoZone":
    case "isoZoneColon":
    case "isoZoneColonSeconds":
    case "isoZoneSeconds":
    case "isoZoneShort":
      return formatZone(part, zone.seconds);
  }
}

function formatFraction(part: LayoutPart, nanos: number): string {
  const digits = padded(nanos, 9).slice(0, part.text.length - 1);
  const point = part.text.slice(0, 1);
  if (part.field === "fraction0") return point + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : point + trimmed;
}

function formatZone(part: LayoutPart, offset: number): string {
  if (part.text.startsWith("Z") && offset === 0) return "Z";
  return formatOffset(offset, {
    colon: part.text.includes(":"),
    seconds: part.text.replaceAll(":", "").length === 7,
    short: part.text.length === 3,
  });
}

function formatOffset(
  offset: number,
  form: { readonly colon: boolean; readonly seconds: boolean; readonly short: boolean },
): string {
  const size = Math.abs(offset);
  const fields = [padded(Math.floor(size / 3600), 2)];
  if (!form.short) fields.push(padded(Math.floor(size / 60) % 60, 2));
  if (form.seconds) fields.push(padded(size % 60, 2));
  return (offset < 0 ? "-" : "+") + fields.join(form.colon ? ":" : "");
}
