import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

const good = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

/** Charts that Helm refuses; a Chart.yaml that is not given is a good one. */
const charts: readonly { readonly name: string; readonly files: Readonly<Record<string, string>> }[] = [
  { name: "no Chart.yaml", files: { "Chart.yaml": "", "x/Chart.yaml": good } },
  { name: "a Chart.yaml without a name", files: { "Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n" } },
  { name: "a Chart.yaml without a version", files: { "Chart.yaml": "apiVersion: v2\nname: c\n" } },
  { name: "a version that is none", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: one\n" } },
  { name: "a version that is a float", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 72445e2\n" } },
  { name: "a name with a slash", files: { "Chart.yaml": "apiVersion: v2\nname: a/b\nversion: 1.0.0\n" } },
  { name: "an unknown type", files: { "Chart.yaml": `${good}type: other\n` } },
  { name: "a list for a text", files: { "Chart.yaml": `${good}description: [a]\n` } },
  { name: "an empty maintainer", files: { "Chart.yaml": `${good}maintainers: [null]\n` } },
  { name: "an odd alias", files: { "Chart.yaml": `${good}dependencies: [{name: a, version: "1", alias: "a b"}]\n` } },
  { name: "a dependency twice", files: { "Chart.yaml": `${good}dependencies: [{name: a}, {name: a}]\n` } },
  {
    name: "a dependency that is not there",
    files: { "Chart.yaml": `${good}dependencies: [{name: a, version: "1"}, {name: b}]\n` },
  },
  { name: "a library chart", files: { "Chart.yaml": `${good}type: library\n` } },
  { name: "values that are a list", files: { "values.yaml": "- a\n" } },
  { name: "a subchart without a version", files: { "charts/s/Chart.yaml": "name: s\n" } },
  { name: "a subchart that is no archive", files: { "charts/s-1.0.0.tgz": "no archive" } },
  {
    name: "a subchart whose values are a text",
    files: { "charts/s/Chart.yaml": "name: s\nversion: 1.0.0\n", "values.yaml": "s: text\n" },
  },
  { name: "a chart for another cluster", files: { "Chart.yaml": `${good}kubeVersion: "<1.20"\n` } },
  { name: "a kubeVersion that is none", files: { "Chart.yaml": `${good}kubeVersion: "what?"\n` } },
  { name: "a double star in .helmignore", files: { ".helmignore": "a/**/b\n" } },
  { name: "a template that cannot be parsed", files: { "templates/a.yaml": "a\n{{ if }}\n" } },
  { name: "an unknown function", files: { "templates/a.yaml": "{{ nonsense 1 }}" } },
  {
    name: "fail in a helper",
    files: {
      "templates/a.yaml": 'x: {{ include "h" . }}',
      "templates/_h.tpl": '{{ define "h" }}{{ fail "two\\nlines" }}{{ end }}',
    },
  },
  { name: "required", files: { "templates/a.yaml": 'x: {{ required "say x" .Values.x }}' } },
  { name: "a nil pointer in a chain", files: { "templates/a.yaml": "x: {{ .Values.a.b.c }}" } },
  { name: "an include that is not there", files: { "templates/a.yaml": '{{ include "none" . }}' } },
  { name: "a list as document", files: { "templates/a.yaml": "- a\n- b\n" } },
  { name: "a number as kind", files: { "templates/a.yaml": "kind: [1]\n" } },
  { name: "annotations that are a list", files: { "templates/a.yaml": "kind: A\nmetadata: {annotations: [a]}\n" } },
];

async function writeChart(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries({ "Chart.yaml": good, ...files })) {
    if (text === "") continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

describe.skipIf(!isThere)("a chart that Helm refuses", () => {
  it.each(charts)("is refused with Helm's words: $name", async ({ files }) => {
    await using folder = await createTempDir("failing-chart");
    await writeChart(folder.path, files);
    const call = ["template", "rel", "."];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
    expect(theirs.fault).not.toBe("");
    expect(ours).toEqual(theirs);
  });

  it.each(["c.tgz", "c.yaml", "long.txt", "zip.tgz"])("is told from a file that is no archive: %s", async (name) => {
    await using folder = await createTempDir("failing-chart");
    const text = name.startsWith("zip") ? "PK\u0003\u0004 x" : "some: text\n".repeat(name === "long.txt" ? 100 : 1);
    await writeFile(join(folder.path, name), text);
    const call = ["template", "rel", name];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
    expect(theirs.fault).toMatch(/^file '.*(?:does not appear|seems) to be a/u);
    expect(ours).toEqual(theirs);
  });
});
