import { describe, expect, it } from "vitest";
import { ChartError } from "../../../../helm/chart/chart-error.ts";
import { createManifestHeads, type ManifestHeads, sortManifests } from "../../../../helm/chart/sort-manifests.ts";
import { type Dice, seededDice } from "../../../conformance/helm/dice.ts";

const words = (
  `web,1,no,null,~,"a b","null",'x',{},[],x: y,|,a #b,1e999,Pod,v1,,&a,` +
  `pre-install,post-delete,"-5",never,before-hook-creation`
).split(",");
const keys = ["name", "Name", "annotations", "labels", "kind", "helm.sh/hook", "helm.sh/hook-weight", "a"];

/** A document whose words stand for one of those above each: `$`, or `%` for what is mostly a good one. */
function shape(dice: Dice): string {
  const annotation = (): string => `    ${dice.pick(keys)}: $\n`;
  const lines = [
    "apiVersion: v1\n",
    dice.chance(0.2) ? "kind: $\n" : "kind: %\n",
    dice.chance(0.1) ? "metadata: $\n" : `metadata:\n  name: ${dice.pick(["$", "|\n    $", "$\n    $"])}\n`,
    dice.chance(0.1) ? "  annotations: $\n" : `  annotations:\n${annotation()}${annotation()}`,
    dice.chance(0.5) ? '  labels:\n    a: "$"\n    b: $\n' : "",
    dice.chance(0.5) ? `spec:\n  list:\n  - $\n  - ${dice.pick(keys)}: $\n` : "data: $\n",
  ];
  return lines.filter(() => dice.chance(0.95)).join("");
}

function filled(dice: Dice, text: string): string {
  return text
    .replaceAll("%", () => dice.pick(["Pod", "Service", "Secret"]))
    .replaceAll("$", () =>
      dice.chance(0.7) ? dice.pick(["web", "api", '"text"', "12", "pre-install"]) : dice.pick(words),
    );
}

function outcome(files: ReadonlyMap<string, string>, heads: ManifestHeads): unknown {
  try {
    return sortManifests(files, heads);
  } catch (error) {
    if (error instanceof ChartError) return error.message;
    throw error;
  }
}

function hook(name: string, event: string): string {
  return `kind: Pod\nmetadata:\n  name: ${name}\n  annotations:\n    helm.sh/hook: ${event}\n`;
}

describe("sortManifests", () => {
  it("finds beside what it has read before what it finds alone", () => {
    let [faults, found] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const dice = seededDice(seed);
      const shapes = new Map(
        ["c/templates/b.yaml", "c/templates/a.yaml"].map((path) => [path, [shape(dice), shape(dice)]]),
      );
      const heads = createManifestHeads();
      for (let round = 0; round < 8; round++) {
        const files = new Map(
          [...shapes].map(([path, documents]) => [path, documents.map((text) => filled(dice, text)).join("---\n")]),
        );
        const expected = outcome(files, createManifestHeads());
        expect(outcome(files, heads), `seed ${seed}, round ${round}`).toEqual(expected);
        if (typeof expected === "string") faults++;
        else found++;
      }
    }
    expect(Math.min(faults, found)).toBeGreaterThan(300);
  });

  it.each([
    ["an object became a text", "metadata: null\n", "metadata: web\n"],
    [
      "annotations became a text",
      "metadata: {name: a, annotations: null}\n",
      "metadata: {name: a, annotations: web}\n",
    ],
    ["annotations on lines became a text", "metadata:\n  annotations: null\n", "metadata:\n  annotations: web\n"],
  ])("hears of a fault in a head that was good: %s", (_, before, after) => {
    const heads = createManifestHeads();
    sortManifests(new Map([["c/templates/a.yaml", `kind: Pod\n${before}`]]), heads);
    expect(() => sortManifests(new Map([["c/templates/a.yaml", `kind: Pod\n${after}`]]), heads)).toThrow(
      /unmarshal string/u,
    );
  });

  it("sees that a hook is another one", () => {
    const heads = createManifestHeads();
    sortManifests(new Map([["c/templates/a.yaml", hook("a", "test")]]), heads);
    const { hooks } = sortManifests(new Map([["c/templates/a.yaml", hook("b", "pre-delete")]]), heads);
    expect(hooks).toMatchObject([{ name: "b", events: ["pre-delete"] }]);
  });
});
