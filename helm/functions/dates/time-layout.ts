/** The parts of Go's reference time, longest first where one begins another. */
const parts = [
  ["January", "longMonth"],
  ["Jan", "month"],
  ["Monday", "longWeekday"],
  ["Mon", "weekday"],
  ["MST", "zoneName"],
  ["002", "zeroYearDay"],
  ["01", "zeroMonth"],
  ["02", "zeroDay"],
  ["03", "zeroHour12"],
  ["04", "zeroMinute"],
  ["05", "zeroSecond"],
  ["06", "year"],
  ["15", "hour"],
  ["1", "numMonth"],
  ["2006", "longYear"],
  ["2", "day"],
  ["__2", "underYearDay"],
  ["_2", "underDay"],
  ["3", "hour12"],
  ["4", "minute"],
  ["5", "second"],
  ["PM", "upperPm"],
  ["pm", "lowerPm"],
  ["-070000", "zoneSeconds"],
  ["-07:00:00", "zoneColonSeconds"],
  ["-0700", "zone"],
  ["-07:00", "zoneColon"],
  ["-07", "zoneShort"],
  ["Z070000", "isoZoneSeconds"],
  ["Z07:00:00", "isoZoneColonSeconds"],
  ["Z0700", "isoZone"],
  ["Z07:00", "isoZoneColon"],
  ["Z07", "isoZoneShort"],
] as const;

/** What a part of a layout stands for. */
export type LayoutField = (typeof parts)[number][1] | "fraction0" | "fraction9" | "literal";

/** One part of a layout: its own text, and for fractions the number of digits. */
export interface LayoutPart {
  readonly field: LayoutField;
  readonly text: string;
}

/** Splits a layout like `2006-01-02 15:04` into its parts, by the rules of Go's `nextStdChunk`. */
export function splitLayout(layout: string): LayoutPart[] {
  const found: LayoutPart[] = [];
  let literal = "";
  let index = 0;
  const flush = (): void => {
    if (literal !== "") found.push({ field: "literal", text: literal });
    literal = "";
  };
  while (index < layout.length) {
    const part = partAt(layout, index);
    if (part === undefined) {
      literal += layout[index] ?? "";
      index++;
      continue;
    }
    flush();
    found.push(part);
    index += part.text.length;
  }
  flush();
  return found;
}

function partAt(layout: string, index: number): LayoutPart | undefined {
  // "_2006" is an underscore and a year.
  if (layout.startsWith("_2006", index)) return undefined;
  const fraction = /^[.,](0+|9+)(?![0-9])/.exec(layout.slice(index, index + 12));
  if (fraction !== null) return { field: fraction[1]?.[0] === "9" ? "fraction9" : "fraction0", text: fraction[0] };
  const known = parts.find(([text]) => layout.startsWith(text, index));
  if (known === undefined) return undefined;
  const [text, field] = known;
  if ((field === "month" || field === "weekday") && /^[a-z]/.test(layout.slice(index + 3))) return undefined;
  return { field, text };
}
