import { expect, test } from "vitest";
import { createTurns } from "../../../../shared/runtime/take-turns.ts";

test("work of one key is done in the order of asking, also after a failure, and other keys do not wait", async () => {
  const inTurn = createTurns();
  const told: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = inTurn("a", async () => {
    await gate.promise;
    told.push("first of a");
    throw new Error("no");
  });
  const second = inTurn("a", async () => told.push("second of a"));
  await inTurn("b", async () => told.push("b"));
  gate.resolve();
  await expect(first).rejects.toThrow("no");
  await second;
  expect(told).toEqual(["b", "first of a", "second of a"]);
});
