import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainSha256, sha256 } from "../../../../helm/functions/crypto/sha256.ts";

const known = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("sha256", () => {
  it.each([0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 1000])("is that of node:crypto for %d bytes", (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 197 + length) % 256);
    expect(plainSha256(bytes)).toBe(known(bytes));
  });

  it("is that of node:crypto for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(plainSha256(bytes)).toBe(known(bytes));
      }),
    );
  });

  it("stays the same when a process has hashed more than it does itself", () => {
    const bytes = Buffer.alloc(20_000, "drover");
    expect([sha256(bytes), sha256(bytes), sha256(bytes)]).toEqual(Array.from({ length: 3 }, () => known(bytes)));
  });
});
