import { describe, expect, it } from "vitest";
import type { RandomTape } from "../../../../../helm/functions/random-tape.ts";
import { renderObjects } from "../../../../../shared/render/render-objects.ts";
import { anInput } from "../an-input.ts";

function secret(...passwords: readonly string[]): string {
  const lines = passwords.map((password, index) => `  p${index}: "{{ ${password} }}"`);
  return ["apiVersion: v1", "kind: Secret", "metadata: {name: a}", "stringData:", ...lines].join("\n");
}

const first = {
  "Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n",
  "templates/a.yaml": secret("randAlphaNum 12", "randAlphaNum 12", "randAlphaNum 20"),
};

const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ randAlphaNum 12 | lower }}"}\n';

/** Renders a version of the chart as the next one after `random`. */
function render(files: Readonly<Record<string, string>>, random: RandomTape, values = {}) {
  const result = renderObjects(anInput(files, { helm: { values } }, { random }));
  const { p0, p1, p2 } = Object(result.objects.find(({ kind }) => kind === "Secret")?.["stringData"]);
  return { passwords: [p0, p1, p2], random: result.random ?? [] };
}

const drawn = render(first, []);

describe("a chart's passwords", () => {
  it.each([
    {
      name: "another version and other values",
      files: { ...first, "Chart.yaml": "apiVersion: v2\nname: db\nversion: 2.1.0\nappVersion: '9'\n" },
    },
    {
      name: "other files that draw as well",
      files: { ...first, "templates/0.yaml": other, "templates/c.yaml": other },
    },
    {
      name: "other text around them",
      files: { ...first, "templates/a.yaml": `{{/* new */}}\n${first["templates/a.yaml"]}\n  word: x\n` },
    },
  ])("stay with $name", ({ files }) => {
    expect(render(files, drawn.random, { color: "blue" }).passwords).toEqual(drawn.passwords);
  });

  it("keep their order among calls of one kind: a third one is new, the first two stay", () => {
    const grown = { ...first, "templates/a.yaml": secret("randAlphaNum 12", "randAlphaNum 12", "randAlphaNum 12") };
    const { passwords } = render(grown, drawn.random);
    expect(passwords.slice(0, 2)).toEqual(drawn.passwords.slice(0, 2));
    expect(drawn.passwords).not.toContain(passwords[2]);
  });

  it.each([
    { name: "with another length", files: { ...first, "templates/a.yaml": secret("randAlphaNum 13") } },
    {
      name: "in another file",
      files: { "Chart.yaml": first["Chart.yaml"], "templates/b.yaml": first["templates/a.yaml"] },
    },
    {
      name: "in a chart of another name",
      files: { ...first, "Chart.yaml": "apiVersion: v2\nname: x\nversion: 1.0.0\n" },
    },
  ])("are drawn anew $name", ({ files }) => {
    expect(drawn.passwords).not.toContain(render(files, drawn.random).passwords[0]);
  });

  it("are forgotten by a version that does not draw them", () => {
    const without = render({ ...first, "templates/a.yaml": "" }, drawn.random);
    expect(without.random).toEqual([]);
    expect(render(first, without.random).passwords).not.toEqual(drawn.passwords);
  });
});
