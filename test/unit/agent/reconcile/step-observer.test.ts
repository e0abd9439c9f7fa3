import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { steps } from "../../../../agent/reconcile/step-observer.ts";

const folder = join(import.meta.dirname, "../../../integration/agent");

/** The texts of the tests that end an agent at a step. */
const crashTests = readdirSync(folder)
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .filter((text) => /import \{[^}]*\b(?:crashAt|killAt)\b[^}]*\} from "\.\/crash-at\.ts"/u.test(text));

it("every step is named by a test that ends an agent there", () => {
  expect(crashTests.length).toBeGreaterThan(0);
  expect(steps.filter((step) => !crashTests.some((text) => text.includes(`"${step}"`)))).toEqual([]);
});
