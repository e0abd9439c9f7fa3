import { describe, expect, it } from "vitest";
import { formatAge, formatDuration } from "../../../../apiserver/resources/format-age.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const cases = [
  { ms: -5 * second, text: "<invalid>" },
  { ms: 0, text: "0s" },
  { ms: 119 * second, text: "119s" },
  { ms: 2 * minute, text: "2m" },
  { ms: 3 * minute + 12 * second, text: "3m12s" },
  { ms: 10 * minute + 12 * second, text: "10m" },
  { ms: 179 * minute, text: "179m" },
  { ms: 3 * hour + 5 * minute, text: "3h5m" },
  { ms: 8 * hour + 5 * minute, text: "8h" },
  { ms: 47 * hour, text: "47h" },
  { ms: 2 * day + 3 * hour, text: "2d3h" },
  { ms: 8 * day + 3 * hour, text: "8d" },
  { ms: 729 * day, text: "729d" },
  { ms: 2 * 365 * day + 12 * day, text: "2y12d" },
  { ms: 9 * 365 * day, text: "9y" },
] as const;

describe("formatDuration", () => {
  it.for(cases)("prints $ms ms as $text", ({ ms, text }) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("counts an age from a time", () => {
    expect(formatAge("2026-01-01T00:00:00Z", Date.parse("2026-01-01T00:05:00Z"))).toBe("5m");
    expect(formatAge("yesterday", 0)).toBe("<invalid>");
  });
});
