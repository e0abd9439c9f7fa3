import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listContent, pieceOf } from "../../../../bundler/build/list-content.ts";
import { joinContent } from "../../../../bundler/store/content-list.ts";
import type { Content } from "../../../../shared/api/content.ts";
import { contentId } from "../../../../shared/bundle/content-id.ts";

function aContent(files: Readonly<Record<string, string>>): Content {
  return { source: "files", resources: Object.entries(files).map(([name, content]) => ({ name, content })) };
}

function aPiece(files: Readonly<Record<string, string>>): ReturnType<typeof pieceOf> {
  const content = aContent(files);
  return pieceOf(content, contentId(content));
}

/** Lists a content of so many files, each the only one of a bundle below, of so many bytes. */
function listSmall(count: number, bytes: number): ReturnType<typeof listContent> {
  const texts = Array.from({ length: count }, (_, index) => `${index} `.padEnd(bytes, "."));
  const nested = texts.map((text, index) => ({ under: `app${index}/`, piece: aPiece({ "a.yaml": text }) }));
  return listContent(aContent(Object.fromEntries(texts.map((text, index) => [`app${index}/a.yaml`, text]))), nested);
}

describe("listContent", () => {
  it("takes what a bundle below has from there, in one run, and keeps the rest", () => {
    const piece = aPiece({ "a.yaml": "a", "b.yaml": "b" });
    const whole = aContent({ "app/a.yaml": "a", "app/b.yaml": "b", "app/fleet.yaml": "{}", "z.yaml": "z" });
    const listed = listContent(whole, [{ under: "app/", piece }]);
    expect(listed?.own).toEqual(aContent({ "app/fleet.yaml": "{}", "z.yaml": "z" }));
    expect(listed?.list).toEqual({
      pieces: [piece.digest, contentId(listed?.own ?? whole)],
      runs: [
        [0, 0, 2, "app/"],
        [1, 0, 2, ""],
      ],
    });
  });

  it("names a piece once when it is used in several places", () => {
    const piece = aPiece({ "a.yaml": "a" });
    const nested = ["one/", "two/"].map((under) => ({ under, piece }));
    expect(listContent(aContent({ "one/a.yaml": "a", "two/a.yaml": "a" }), nested)).toEqual({
      list: {
        pieces: [piece.digest],
        runs: [
          [0, 0, 1, "one/"],
          [0, 0, 1, "two/"],
        ],
      },
      own: aContent({}),
    });
  });

  it.each<{ name: string; whole: Content }>([
    { name: "another text", whole: aContent({ "app/a.yaml": "another" }) },
    { name: "another name", whole: aContent({ "app/b.yaml": "a" }) },
    { name: "another directory", whole: aContent({ "other/a.yaml": "a" }) },
    {
      name: "bytes whose base64 is that text",
      whole: { source: "files", resources: [{ name: "app/a.yaml", content: "a", encoding: "base64" }] },
    },
  ])("makes no list when a file below has $name", ({ whole }) => {
    expect(listContent(whole, [{ under: "app/", piece: aPiece({ "a.yaml": "a" }) }])).toBeUndefined();
  });

  it("names small pieces only where they are few", () => {
    expect(listSmall(100, 10)?.list.pieces).toHaveLength(100);
    const some = listSmall(120, 1000);
    expect([some?.list.pieces.length, some?.own.resources.length]).toEqual([101, 20]);
    expect(listSmall(120, 1024)?.list.pieces).toHaveLength(120);
    expect(listSmall(1100, 1000)).toBeUndefined();
  });

  it("makes no list of a content that takes less than a tenth from others", () => {
    const text = "ten bytes.";
    const nested = [{ under: "app/", piece: aPiece({ "a.yaml": text }) }];
    const own = "b".repeat(90);
    expect(listContent(aContent({ "app/a.yaml": text, "b.yaml": own }), nested)?.list.pieces).toHaveLength(2);
    expect(listContent(aContent({ "app/a.yaml": text, "b.yaml": `${own}b` }), nested)).toBeUndefined();
  });

  it("joins to the same content whatever the bundles below have of it", () => {
    const text = fc.constantFrom("a", "b", "");
    const name = fc.constantFrom("a.yaml", "b.yaml", "deep/a.yaml", "deep/er/c", "z");
    const under = fc.constantFrom("app/", "app/deep/", "other/");
    const files = fc.uniqueArray(fc.tuple(under, name, text), { selector: ([dir, file]) => dir + file });
    const below = fc.array(fc.tuple(under, fc.dictionary(name, text)), { maxLength: 4 });
    fc.assert(
      fc.property(files, below, (all, some) => {
        const whole = aContent(Object.fromEntries(all.map(([dir, file, data]) => [dir + file, data])));
        const contents = some.map(([dir, inside]) => ({ dir, content: aContent(inside) }));
        const nested = contents.map(({ dir, content }) => ({
          under: dir,
          piece: pieceOf(content, contentId(content)),
        }));
        const listed = listContent(whole, nested);
        if (listed === undefined) return;
        const pieces = new Map(
          [...contents.map(({ content }) => content), listed.own].map((one) => [contentId(one), one]),
        );
        expect(joinContent(listed.list, pieces)).toEqual(whole);
        expect(listed.own.resources.length).toBeLessThan(whole.resources.length);
      }),
      { numRuns: 300 },
    );
  });
});
