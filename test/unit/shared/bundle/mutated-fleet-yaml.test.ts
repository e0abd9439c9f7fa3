import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { assembleBundle } from "../../../../shared/bundle/assemble-bundle.ts";
import { findBundleDirs } from "../../../../shared/bundle/find-bundle-dirs.ts";
import { memoryTree } from "../../../support/memory-tree.ts";

const cases = join(import.meta.dirname, "../../../conformance/fleet/cases");
const texts = readdirSync(cases, { recursive: true, encoding: "utf8" })
  .filter((path) => /\/fleet\.ya?ml$/u.test(path))
  .sort()
  .map((path) => readFileSync(join(cases, path), "utf8"));

const signs = "{ } [ ] : - | > # ' \" % & * ! <<: --- &a *a !!int null ~ yes 1e999 ü 😀 \0".split(" ");
const scraps = [
  ...signs,
  ..."\n;\n  ;\t;: ;- ;---\n;helm:;values: ;targets: ;targetCustomizations:\n- ;<<: *a".split(";"),
  ...signs.map((sign) => `key: ${sign}\n`),
  ..."clusterSelector: {};dependsOn: [{}];valuesFiles: [../../x];chart: .;repo: https://x;overrideTargets: []".split(
    ";",
  ),
  ..."imageScans: [{}];__proto__: {a: 1};name: x;name: y".split(";"),
];

const mutation = fc.record({
  at: fc.integer({ min: 0, max: 1000 }),
  cut: fc.nat(20),
  insert: fc.constantFrom("", ...scraps),
});
const mutated = fc
  .tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([text, mutations]) =>
    mutations.reduce((current, { at, cut, insert }) => {
      const start = Math.floor((at / 1000) * current.length);
      return current.slice(0, start) + insert + current.slice(start + cut);
    }, text),
  );

describe("a mutated fleet.yaml", () => {
  it("never crashes, and every message has a file and a line", () => {
    const outcomes = { bundle: 0, empty: 0, failed: 0 };
    fc.assert(
      fc.property(mutated, (text) => {
        const tree = memoryTree({
          "app/fleet.yaml": text,
          "app/cm.yaml": "kind: ConfigMap\n",
          "app/values.yaml": "a: 1\n",
        });
        const dir = findBundleDirs(tree, { paths: ["app"] }).dirs[0];
        if (dir === undefined) throw new Error("no bundle directory");
        const result = assembleBundle({ tree }, dir, { name: "demo", namespace: "ws" });
        outcomes[result.kind] += 1;
        for (const { position, message } of result.warnings) {
          expect(message).not.toBe("");
          expect(position).toEqual(expect.objectContaining({ file: "app/fleet.yaml", line: expect.any(Number) }));
        }
        if (result.kind !== "failed") return;
        expect(result.error.position?.file).toMatch(/^(?:app\/|values|x|absent)/u);
        expect(result.error.position?.line).toBeGreaterThanOrEqual(1);
      }),
      { seed: 9, numRuns: 1500, endOnFailure: true },
    );
    expect(outcomes.bundle).toBeGreaterThan(150);
    expect(outcomes.failed).toBeGreaterThan(150);
  }, 60_000);
});
