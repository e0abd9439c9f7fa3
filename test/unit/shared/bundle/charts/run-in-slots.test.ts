import { describe, expect, it } from "vitest";
import { createSlots } from "../../../../../shared/bundle/charts/run-in-slots.ts";

describe("createSlots", () => {
  it("runs so many tasks at a time and no more, in the order of the calls", async () => {
    const run = createSlots(2);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const task = (index: number) => async (): Promise<number> => {
      begun.push(index);
      await new Promise<void>((resolve) => ends.push(resolve));
      return index;
    };
    const all = [0, 1, 2, 3].map((index) => run(task(index)));
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await expect(all[1]).resolves.toBe(1);
    expect(begun).toEqual([0, 1, 2]);
    for (let index = 0; index < 4; index += 1) {
      ends[index]?.();
      await new Promise(setImmediate);
    }
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
  });

  it("gives the slot of a task that fails to the next one", async () => {
    const run = createSlots(1);
    const failing = run(async () => Promise.reject(new Error("no")));
    const next = run(async () => Promise.resolve("yes"));
    await expect(failing).rejects.toThrow("no");
    await expect(next).resolves.toBe("yes");
  });
});
