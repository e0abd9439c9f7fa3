import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { helmFunctions } from "../../../helm/functions/registry.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { compareCases } from "./compare-cases.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

/** One template a line. */
async function readCases(name: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, "cases", `${name}.txt`), "utf8");
  return text.split("\n").filter((line) => line !== "");
}

const values = {
  s: "a-b_c",
  n: 3,
  num: 3,
  f: 2.5,
  big: 12345678,
  huge: 1e21,
  tiny: 1e-7,
  neg: -0.5,
  list: [1, 2, 3, "x"],
  m: { a: { b: { c: 1 } }, l: [1], z: "" },
  m2: { a: { b: { d: 2 }, e: 5 }, l: [2, 3], z: "q", n: { x: 1 } },
  tpl: "{{ .Values.s }}-{{ .Release.Name }}",
  badtpl: "{{ .Values.s ",
  defs: '{{ define "inner" }}I:{{ . }}{{ end }}{{ include "inner" 5 }}',
  ver: "v1.27.3+k3s1",
  pre: "1.25.0-rc.1",
};

const files = {
  "a.txt": "line one\nline two\n",
  "z.txt": "no end",
  "conf/a.ini": "x = 1\n",
  "conf/b.ini": "[s]\ny = 2\n\nz = 3",
  "conf/empty": "",
  "bad.txt": Uint8Array.of(97, 255, 98, 254, 99, 226, 130, 100),
  "bin.dat": Uint8Array.of(0, 255, 254, 195, 40),
};

const tables = ["language", "grammar", "functions", "printf", "objects", "regex"] as const;

describe.skipIf(!isThere)("templates in tables", () => {
  // Each case that fails is a run of helm by itself.
  it.each(tables)("render to Helm's bytes, or fail with Helm's words: %s", { timeout: 180_000 }, async (name) => {
    const cases = await readCases(name);
    const { differences, equal, refused } = await compareCases({ cases, values, files }, cases.length);
    expect(differences).toEqual([]);
    expect(equal + refused).toBe(cases.length);
  });

  it("call every function that there is", async () => {
    const all = (await Promise.all(tables.map(async (name) => readCases(name)))).flat().join("\n");
    const words = new Set(all.match(/\w+/g));
    expect([...helmFunctions.keys()].filter((name) => !words.has(name))).toEqual([]);
  });
});
