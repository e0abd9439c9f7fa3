import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../../shared/errors.ts";
import { renderObjects } from "../../../../shared/render/render-objects.ts";
import { anInput } from "./an-input.ts";

const files: Readonly<Record<string, string>> = {
  "cm.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: cm\n  labels: {a: b}\ndata:\n  text: |\n    one\n    two\n  q: "x\\n"\n',
  "deploy.yaml":
    "# web\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: web:1\n        args: [a, 'b', \"c\"]\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}}\n",
  "more.json": '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}',
  "t.yaml.hbs":
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{Values.name}}\ndata:\n{{#each Values.list as |item i|}}\n  k{{i}}: {{quote item}}\n{{/each}}\n",
  "overlays/o/deploy_patch.yaml":
    "spec:\n  replicas: 2\n  template: {spec: {containers: [{name: web, image: null}]}}\n",
  "overlays/o/cm_patch.yaml": "- op: add\n  path: /data/new\n  value: x\n- {op: remove, path: /data/q}\n",
};
const pieces = [
  " ",
  "  ",
  "\n",
  "\t",
  ": ",
  "- ",
  "#",
  "'",
  '"',
  "[",
  "]",
  "{",
  "}",
  ",",
  "|",
  "&a ",
  "*a",
  "!!int ",
  "? ",
  "---\n",
  "{{",
  "}}",
  "null",
  "1e9",
  "\\",
  "\u0000",
  "é",
];

/** Where to change a file, how much goes, and what comes. */
const change = fc.record({
  file: fc.constantFrom(...Object.keys(files)),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  drop: fc.nat({ max: 3 }),
  insert: fc.constantFrom("", ...pieces),
});

describe("renderObjects with mutated files", () => {
  it("renders or refuses with file and line, and nothing else, 1,200 times", () => {
    const seen = { rendered: 0, refused: 0 };
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const fault = faultOf(changes.reduce(applyChange, files));
        if (fault === undefined) seen.rendered++;
        else seen.refused++;
        for (const one of fault === undefined ? [] : [fault, ...fault.errors]) {
          expect(one.position).toEqual({
            file: expect.any(String),
            line: expect.any(Number),
            column: expect.any(Number),
          });
          expect(one.verdict).toBe("stalled");
        }
      }),
      { numRuns: 1200, seed: 20 },
    );
    expect(Math.min(seen.rendered, seen.refused)).toBeGreaterThan(150);
  }, 60_000);
});

interface Change {
  readonly file: string;
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

function applyChange(
  all: Readonly<Record<string, string>>,
  { file, at, drop, insert }: Change,
): Readonly<Record<string, string>> {
  const text = all[file] ?? "";
  const start = Math.floor(text.length * at);
  return { ...all, [file]: text.slice(0, start) + insert + text.slice(start + drop) };
}

function faultOf(all: Readonly<Record<string, string>>): AppError | undefined {
  try {
    const values = { name: "t", list: ["a", "b"] };
    renderObjects(anInput(all, { handlebars: { values }, yaml: { overlays: ["o"] } }));
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
