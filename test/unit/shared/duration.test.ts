import { describe, expect, it } from "vitest";

import { formatDuration, parseDuration } from "../../../shared/duration.ts";
import { AppError } from "../../../shared/errors.ts";

describe("parseDuration", () => {
  it.each([
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1500],
    [".5s", 500],
    ["0", 0],
    ["-2m", -120_000],
    ["100ms", 100],
    ["1h0m0.001s", 3_600_001],
    ["500us", 0.5],
    ["500µs", 0.5],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 6);
  });

  it.each(["", "15", "15 m", "m", "1d", "--1s", "1s2"])("refuses %j", (text) => {
    expect(() => parseDuration(text)).toThrow(AppError);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0s"],
    [300_000, "5m0s"],
    [5_400_000, "1h30m0s"],
    [1500, "1.5s"],
    [20, "20ms"],
    [0.5, "500µs"],
    [-90_000, "-1m30s"],
    [3_600_000, "1h0m0s"],
  ])("prints %d ms as Go does", (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});
