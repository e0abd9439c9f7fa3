import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ContentResource } from "../../../../shared/api/content.ts";
import { contentId, fleetContentName, toResource } from "../../../../shared/bundle/content-id.ts";

const files = fc.uniqueArray(
  fc.record({ name: fc.string({ minLength: 1 }), bytes: fc.uint8Array({ maxLength: 20 }) }),
  {
    selector: (file) => file.name,
    maxLength: 5,
  },
);

function resourcesOf(list: readonly { name: string; bytes: Uint8Array }[]): ContentResource[] {
  return list.map(({ name, bytes }) => toResource(name, bytes));
}

describe("content ids", () => {
  it("are equal for equal files and differ when a byte or a name does", () => {
    fc.assert(
      fc.property(files, files, (one, other) => {
        const same =
          JSON.stringify(one.map((f) => [f.name, [...f.bytes]])) ===
          JSON.stringify(other.map((f) => [f.name, [...f.bytes]]));
        const ids = [one, other].map((list) => contentId({ source: "files", resources: resourcesOf(list) }));
        expect(ids[0] === ids[1]).toBe(same);
      }),
      { seed: 7 },
    );
  });

  it("keep every byte of a file", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { content, encoding } = toResource("x", bytes);
        expect(new Uint8Array(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"))).toEqual(
          new Uint8Array(bytes),
        );
      }),
      { seed: 8 },
    );
  });
});

describe("fleetContentName", () => {
  it("escapes as Go's encoder does and leaves empty content out", () => {
    const named = fleetContentName([
      { name: "a", content: "<&>\u2028" },
      { name: "b", content: "" },
    ]);
    expect(named).toMatch(/^s-[0-9a-f]{61}$/u);
    expect(fleetContentName([{ name: "a", content: "<&>\u2028" }, { name: "b" }])).toBe(named);
  });
});
