import { describe, expect, it } from "vitest";
import { createSealer, createSealerKey } from "../../../../bundler/store/sealer.ts";

describe("createSealer", () => {
  const sealer = createSealer(createSealerKey());

  it("opens what it sealed, and seals the same text differently each time", () => {
    const text = "hunter2 – ü";
    expect(sealer.open(sealer.seal(text))).toBe(text);
    expect(sealer.seal(text)).not.toBe(sealer.seal(text));
    expect(sealer.open(sealer.seal(""))).toBe("");
  });

  it.each([
    [
      "changed",
      (text: string): string =>
        Buffer.from(Buffer.from(text, "base64").map((byte, index) => (index === 30 ? byte ^ 1 : byte))).toString(
          "base64",
        ),
    ],
    ["cut off", (text: string): string => text.slice(0, 24)],
    ["empty", (): string => ""],
  ])("refuses a text that is %s", (_what, damage) => {
    expect(() => sealer.open(damage(sealer.seal("some secret text")))).toThrow(
      expect.objectContaining({ code: "STORE_KEY_WRONG" }),
    );
  });

  it("refuses a text of another key", () => {
    expect(() => createSealer(createSealerKey()).open(sealer.seal("x"))).toThrow(/secret\.key/u);
  });
});
