import { expect, test } from "vitest";
import { createRunClock } from "../../../../agent/reconcile/run-clock.ts";

const dayMs = 86_400_000;

function aClock(nowMs = Date.UTC(2026, 10, 23)) {
  const time = { nowMs, elapsedMs: 5000 };
  const clock = createRunClock({ now: () => time.nowMs, elapsed: () => time.elapsedMs });
  return {
    clock,
    pass: (ms: number) => {
      time.nowMs += ms;
      time.elapsedMs += ms;
    },
    set: (byMs: number) => {
      time.nowMs += byMs;
    },
  };
}

test.each([
  { name: "a day forward", byMs: dayMs },
  { name: "a year forward", byMs: 365 * dayMs },
  { name: "a day back", byMs: -dayMs },
  { name: "a year back", byMs: -365 * dayMs },
])("what began in this process is as old as it is when the clock is set $name", ({ byMs }) => {
  const { clock, pass, set } = aClock();
  const since = clock.begin();
  pass(1500);
  set(byMs);
  pass(1500);
  expect(clock.ageMs(since)).toBe(3000);
});

test("what began in another process counts by the clock at first, then as it passes", () => {
  const { clock, pass, set } = aClock();
  const since = new Date(clock.now() - 60_000).toISOString();
  expect(clock.ageMs(since)).toBe(60_000);
  set(dayMs);
  pass(500);
  expect(clock.ageMs(since)).toBe(60_500);
});

test("what lies in the future began now", () => {
  const { clock, pass } = aClock();
  const since = new Date(clock.now() + 365 * dayMs).toISOString();
  expect(clock.ageMs(since)).toBe(0);
  pass(10);
  expect(clock.ageMs(since)).toBe(10);
});

test("says that it does not know the age of what has no beginning", () => {
  expect(aClock().clock.ageMs("")).toBeNaN();
});

test("remembers what began lately however much has begun", () => {
  const { clock, pass, set } = aClock();
  for (let count = 0; count < 20_000; count++) {
    clock.begin();
    pass(1);
  }
  const since = clock.begin();
  set(dayMs);
  pass(7);
  expect(clock.ageMs(since)).toBe(7);
});
