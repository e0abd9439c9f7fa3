import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadChartArchive } from "../../../../helm/chart/load-chart.ts";
import { readArchive } from "../../../../helm/chart/read-archive.ts";
import { type Entry, pack } from "./pack-tar.ts";

const chartYaml: Entry = { name: "web/Chart.yaml", text: "name: web\nversion: 1.0.0\n" };

function namesIn(entries: readonly Entry[]): string[] {
  return readArchive(pack(entries)).map(({ name }) => name);
}

describe("readArchive", () => {
  it("gives files without their first directory, whatever the form of their names", () => {
    const long = `${"d".repeat(80)}/${"f".repeat(90)}.yaml`;
    expect(
      namesIn([
        { name: "web/", type: "5" },
        chartYaml,
        { name: `${"f".repeat(90)}.yaml`, prefix: `web/${"d".repeat(80)}`, text: "x" },
        { name: "ignored", type: "x", text: record("path", `web/templates/${long}`) },
        { name: "short", text: "y" },
        { name: "ignored", type: "L", text: `web/gnu/${long}\0` },
        { name: "short", text: "z" },
        { name: "web\\windows\\file.txt", text: "w" },
      ]),
    ).toEqual(["Chart.yaml", long, `templates/${long}`, `gnu/${long}`, "windows/file.txt"]);
  });

  it("is no chart without a Chart.yaml, in the words that Helm has for archives", () => {
    const archive = pack([{ name: "web/values.yaml", text: "a: 1\n" }]);
    expect(() => loadChartArchive(archive)).toThrow("unable to detect chart version, no Chart.yaml found");
  });

  it.each<{ name: string; entry: Entry; says: string }>([
    { name: "a path out of the chart", entry: { name: "web/../../etc/passwd" }, says: "parent directory" },
    { name: "a path that leaves and comes back", entry: { name: "web/a/../../../x" }, says: "parent directory" },
    { name: "an absolute path", entry: { name: "web//etc/passwd" }, says: "absolute paths" },
    { name: "a drive", entry: { name: "web/c:/x" }, says: "illegally named" },
    { name: "a file at the top", entry: { name: "loose.txt" }, says: "outside the base directory" },
    { name: "a Chart.yaml at the top", entry: { name: "Chart.yaml/x" }, says: "not in base directory" },
    { name: "a symbolic link", entry: { name: "web/link", type: "2" }, says: "holds a link" },
    { name: "a hard link", entry: { name: "web/link", type: "1" }, says: "holds a link" },
    { name: "a device", entry: { name: "web/null", type: "3" }, says: "no file" },
    {
      name: "a long name that leaves the chart",
      entry: { name: "x", type: "x", text: record("path", "web/../..") },
      says: "parent",
    },
    {
      name: "a record that is longer than its header says",
      entry: { name: "x", type: "x", text: "99 path=a\n" },
      says: "invalid tar header",
    },
  ])("refuses $name", ({ entry, says }) => {
    expect(() => namesIn([chartYaml, entry, { name: "web/next" }])).toThrow(says);
  });

  it("refuses what is no archive, is cut off or damaged", () => {
    expect(() => readArchive(Buffer.from("no gzip"))).toThrow("gzip: invalid header");
    expect(() => readArchive(gzipSync(Buffer.alloc(1024)))).toThrow("no files in chart archive");
    expect(() => readArchive(gzipSync(Buffer.alloc(1024, 7)))).toThrow("invalid tar header");
    const cut = pack([{ name: "web/big", text: "x".repeat(2000) }], { keep: 1200 });
    expect(() => readArchive(cut)).toThrow("unexpected EOF");
  });

  it("refuses an archive that grows beyond its limits, without unpacking it all", () => {
    const bomb = pack([chartYaml, { name: "web/zeros", text: "\0".repeat(30_000_000) }]);
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => readArchive(bomb)).toThrow("200 times larger");
    const limits = { totalBytes: 100_000, files: 3, ratio: 200 };
    expect(() => readArchive(bomb, limits)).toThrow("larger than the maximum size 100000");
    const many = pack(Array.from({ length: 4 }, (_, index) => ({ name: `web/${index}` })));
    expect(() => readArchive(many, limits)).toThrow("more than 3 files");
  });
});

/** One record of an extended header. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 3).length;
  return `${length}${rest}`;
}
