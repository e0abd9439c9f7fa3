import { describe, expect, it } from "vitest";
import { flattenLists } from "../../../../../shared/render/raw/flatten-lists.ts";
import { parseManifests, parseRawFile } from "../../../../../shared/render/raw/parse-manifests.ts";
import { renderWarningText } from "../../../../../shared/render/render-warning.ts";
import { selectRawFiles } from "../../../../../shared/render/raw/select-raw-files.ts";

describe("parseManifests", () => {
  it("reads a document that begins with { as JSON, behind a comment as YAML", () => {
    const flow = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    expect(() => parse(flow)).toThrow(
      expect.objectContaining({ code: "MANIFEST_INVALID", position: { file: "a.yaml", line: 1, column: 2 } }),
    );
    expect(names(`# flow\n${flow}`)).toEqual(["a"]);
    expect(names(`---\n${flow}`)).toEqual(["a"]);
    expect(() => parse(`kind: A\napiVersion: v1\n---\n\n${flow}`)).toThrow(
      expect.objectContaining({ position: { file: "a.yaml", line: 5, column: 2 } }),
    );
  });

  it("takes lists apart, gives items without a kind that of the list, and drops empty ones", () => {
    const text =
      "apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}, {apiVersion: v1, kind: Secret, metadata: {name: b}}]\n---\napiVersion: v1\nkind: List\nitems: []\n";
    expect(parse(text).objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "ConfigMap a",
      "Secret b",
    ]);
  });

  it("leaves lists in lists to flattenLists", () => {
    const inner = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: A, metadata: {name: deep}}, 7]}";
    const { objects } = parse(`apiVersion: v1\nkind: List\nitems: [${inner}]\n`);
    expect(objects.map(({ kind }) => kind)).toEqual(["List"]);
    expect(flattenLists(objects).map(({ metadata }) => metadata.name)).toEqual(["deep"]);
  });

  it("leaves out an object without apiVersion and says where", () => {
    const { objects, warnings } = parse("kind: A\n---\napiVersion: v1\nkind: B\n");
    expect(objects).toEqual([{ apiVersion: "v1", kind: "B", metadata: {} }]);
    expect(warnings.map(renderWarningText)).toEqual(["a.yaml:1: an object without apiVersion or kind is left out"]);
  });

  it("reads no further than a document without kind, as what follows may be no YAML at all", () => {
    const { objects, warnings } = parse("apiVersion: v1\nkind: A\n---\na: 1\n---\nb: {{ .c }}\n");
    expect(objects).toEqual([]);
    expect(warnings.map(renderWarningText)).toEqual(["a.yaml:4: a document without kind; the whole file is left out"]);
    expect(() => parse("b: {{ .c }}\n---\na: 1\n")).toThrow(/MANIFEST_INVALID|cannot be a key/u);
  });

  it("ends the last line of a file, so that block text there gets its line break", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    ---";
    expect(parseRawFile({ name: "a.yaml", text }).objects).toMatchObject([{ data: { x: "---\n" } }]);
    expect(parse(text).objects).toMatchObject([{ data: { x: "---" } }]);
  });

  it("leaves out all labels or annotations where a value of them is no string, as Fleet does, and says so", () => {
    const text = "apiVersion: v1\nkind: A\nmetadata: {name: a, labels: {v: 1.10, app: x}, annotations: {kept: yes!}}\n";
    const { objects, warnings } = parse(text);
    expect(objects.map(({ metadata }) => metadata)).toEqual([{ name: "a", annotations: { kept: "yes!" } }]);
    expect(warnings.map(renderWarningText)).toEqual([
      "a.yaml:1: metadata.labels holds a value that is no string, so that all labels are left out; put the value of v in quotes",
    ]);
    expect(parse("apiVersion: v1\nkind: A\nmetadata: {annotations: [x]}\n")).toEqual({
      objects: [{ apiVersion: "v1", kind: "A", metadata: {} }],
      warnings: [
        {
          code: "MANIFEST_IGNORED",
          message: "metadata.annotations is no map, so that all annotations are left out",
          position: { file: "a.yaml", line: 1, column: 1 },
        },
      ],
    });
  });

  it.each([
    { name: "a list at the top", text: "- a\n", line: 1 },
    { name: "metadata that is no map", text: "# c\napiVersion: v1\nkind: A\nmetadata: x\n", line: 2 },
    { name: "a name that YAML takes for true", text: "apiVersion: v1\nkind: A\nmetadata: {name: y}\n", line: 1 },
    { name: "a second separator text", text: "apiVersion: v1\nkind: A\n--- x\n", line: 3 },
  ])("refuses $name", ({ text, line }) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "MANIFEST_INVALID",
        position: expect.objectContaining({ file: "a.yaml", line }),
      }),
    );
  });

  it("reads nothing from a file of comments", () => {
    expect(parse("# nothing\n---\n---\n# at all\n")).toEqual({ objects: [], warnings: [] });
  });
});

describe("selectRawFiles", () => {
  it("takes manifests by their ending, templates apart, and nothing below a fleet.yaml or Chart.yaml", () => {
    const names =
      "b.yaml a.yml c.json d.YAML e.yaml.bak f.sh fleet.yaml fleet.yml Chart.yaml sub/g.yaml nested/fleet.yaml nested/h.yaml " +
      "nested/deep/i.yaml chart/Chart.yaml chart/values.yaml nestedtoo/j.yaml templates/k.yaml templates/_l.tpl";
    const files = names.split(" ").map((name) => ({ name }));
    const { templates, manifests } = selectRawFiles(files);
    expect(manifests.map(({ name }) => name)).toEqual([
      "Chart.yaml",
      "a.yml",
      "b.yaml",
      "c.json",
      "nestedtoo/j.yaml",
      "sub/g.yaml",
    ]);
    expect(templates.map(({ name }) => name)).toEqual(["templates/k.yaml"]);
  });
});

function parse(text: string): ReturnType<typeof parseManifests> {
  return parseManifests({ name: "a.yaml", text });
}

function names(text: string): unknown[] {
  return parse(text).objects.map(({ metadata }) => metadata.name);
}
