import { quoteString } from "../template/quote-string.ts";
import { type FormatChecks, quoteRune, within } from "./format-check.ts";

/** Formats of dates, times and spans. */
export const timeFormats: FormatChecks = {
  date: dateFault,
  time: timeFault,
  "date-time": dateTimeFault,
  duration: durationFault,
  period: periodFault,
};

/** As Go's `time.Parse` of `2006-01-02` says it. */
function dateFault(text: string): string | undefined {
  const parsing = `parsing time ${quoteString(text)}`;
  const cannot = (rest: string, part: string): string =>
    `${parsing} as "2006-01-02": cannot parse ${quoteString(rest)} as ${quoteString(part)}`;
  if (!/^\d{4}/u.test(text)) return cannot(text, "2006");
  if (text[4] !== "-") return cannot(text.slice(4), "-");
  if (!/^\d{2}/u.test(text.slice(5))) return cannot(text.slice(5), "01");
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  if (month < 1 || month > 12) return `${parsing}: month out of range`;
  if (text[7] !== "-") return cannot(text.slice(7), "-");
  if (!/^\d{2}/u.test(text.slice(8))) return cannot(text.slice(8), "02");
  if (text.length > 10) return `${parsing}: extra text: ${quoteString(text.slice(10))}`;
  const day = Number(text.slice(8));
  return day < 1 || day > new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
    ? `${parsing}: day out of range`
    : undefined;
}

function timeFault(text: string): string | undefined {
  if (Buffer.byteLength(text) < 9) return "less than 9 characters long";
  if (text[2] !== ":" || text[5] !== ":") return "missing colon in correct place";
  const numbers = text.slice(0, 8).split(":");
  if (numbers.some((one) => !/^[+-]?\d+$/u.test(one))) return "invalid hour/min/sec";
  const [hour = 0, minute = 0, second = 0] = numbers.map(Number);
  if ([hour, minute, second].some((one) => one < 0)) return "non-positive hour/min/sec";
  if (hour > 23 || minute > 59 || second > 60) return "hour/min/sec out of range";
  const [, dot, digits = "", zone = ""] = /^(\.?)(\d*)([\s\S]*)$/u.exec(text.slice(8)) ?? [];
  if (dot === "." && digits === "") return "no digits in second fraction";
  const offset = offsetOf(dot === "." ? zone : digits + zone);
  if (typeof offset === "string") return offset;
  const total = hour * 60 + minute + offset;
  const utc = total < 0 ? total + 24 * 60 : total;
  return second >= 60 && (Math.floor(utc / 60) !== 23 || utc % 60 !== 59) ? "invalid leap second" : undefined;
}

/** Returns minutes to add for UTC, or what is wrong. */
function offsetOf(zone: string): number | string {
  if (zone === "z" || zone === "Z") return 0;
  if (Buffer.byteLength(zone) !== 6) return "offset must be 6 characters long";
  if (!/^[+-]/u.test(zone)) return "offset must begin with plus/minus";
  if (zone[3] !== ":") return "missing colon in offset in correct place";
  const numbers = zone.slice(1).split(":");
  if (numbers.some((one) => !/^[+-]?\d+$/u.test(one))) return "invalid hour/min in offset";
  const [hours = 0, minutes = 0] = numbers.map(Number);
  if (hours < 0 || minutes < 0) return "non-positive hour/min in offset";
  if (hours > 23 || minutes > 59) return "hour/min in offset out of range";
  return (zone.startsWith("+") ? -1 : 1) * (hours * 60 + minutes);
}

function dateTimeFault(text: string): string | undefined {
  if (Buffer.byteLength(text) < 20) return "less than 20 characters long";
  if (!/^[tT]$/u.test(text[10] ?? "")) return "11th character must be t or T";
  return (
    within("invalid date element", dateFault(text.slice(0, 10))) ??
    within("invalid time element", timeFault(text.slice(11)))
  );
}

function durationFault(text: string): string | undefined {
  if (!text.startsWith("P")) return "must start with P";
  if (text === "P") return "nothing after P";
  if (text.endsWith("W")) {
    const weeks = text.slice(1, -1);
    if (weeks === "") return "no number in week";
    return /^\d+$/u.test(weeks) ? undefined : "invalid week";
  }
  for (const [index, part] of text.slice(1).split("T").entries()) {
    if (index > 0 && part === "") return "no time elements";
    if (index > 1) return "more than one T";
    const fault = elementsFault(part, index === 0 ? "YMD" : "HMS");
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function elementsFault(part: string, units: string): string | undefined {
  let left = units;
  for (let rest = part; rest !== "";) {
    const [digits = ""] = /^\d*/u.exec(rest) ?? [];
    if (digits === "") return "missing number";
    const unit = rest[digits.length];
    if (unit === undefined) return "missing unit";
    const at = left.indexOf(unit);
    if (at < 0)
      return units.includes(unit) ? `unit ${quoteRune(unit)} out of order` : `invalid unit ${quoteRune(unit)}`;
    left = left.slice(at + 1);
    rest = rest.slice(digits.length + 1);
  }
  return undefined;
}

function periodFault(text: string): string | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return "missing slash";
  const [start, end] = [text.slice(0, slash), text.slice(slash + 1)];
  if (start.startsWith("P")) {
    return (
      within("invalid start duration", durationFault(start)) ?? within("invalid end date-time", dateTimeFault(end))
    );
  }
  const first = within("invalid start date-time", dateTimeFault(start));
  if (first !== undefined) return first;
  return end.startsWith("P")
    ? within("invalid end duration", durationFault(end))
    : within("invalid end date-time", dateTimeFault(end));
}
