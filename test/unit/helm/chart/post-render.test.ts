import { describe, expect, it } from "vitest";
import { postRenderFiles } from "../../../../helm/chart/post-render.ts";

const files = new Map([
  ["c/templates/b.yaml", "kind: B\nmetadata: {name: b}\n---\n# only words\n"],
  ["c/templates/a.yaml", "kind: A\nmetadata: {annotations: {x: z}}\n"],
  ["c/templates/_h.tpl", "no: yaml: at all"],
]);

describe("postRenderFiles", () => {
  it("gives the same objects back when nothing is changed", () => {
    expect([...postRenderFiles(files, (text) => text)]).toEqual([
      ["c/templates/a.yaml", "kind: A\nmetadata: {annotations: {x: z}}\n"],
      ["c/templates/b.yaml", "kind: B\nmetadata: {name: b}\n"],
    ]);
  });

  it("names what is new by its place in the stream, and drops what is gone", () => {
    const answer =
      "kind: C\n---\nkind: D\nmetadata:\n  annotations:\n    postrenderer.helm.sh/postrender-filename: ''\n";
    expect([...postRenderFiles(files, () => answer).keys()]).toEqual([
      "generated-by-postrender-0.yaml",
      "generated-by-postrender-1.yaml",
    ]);
  });

  it.each([
    {
      name: "a template that gives a list",
      text: "- a\n",
      answer: "",
      message: /parsing c\/x\.yaml: wrong node kind: expected MappingNode but got SequenceNode/u,
    },
    {
      name: "a template that is no YAML",
      text: "a: [\n",
      answer: "",
      message: /error merging manifests: parsing c\/x\.yaml: MalformedYAMLError: yaml: line/u,
    },
    {
      name: "an answer that is no YAML",
      text: "a: b\n",
      answer: "a: [",
      message: /post rendered output: error parsing YAML: MalformedYAMLError: yaml: did not/u,
    },
    {
      name: "an answer that is a text",
      text: "a: b\n",
      answer: "done",
      message: /post rendered output: error parsing YAML: wrong node kind: expected MappingNode but got ScalarNode/u,
    },
  ])("refuses $name", ({ text, answer, message }) => {
    expect(() => postRenderFiles(new Map([["c/x.yaml", text]]), () => answer)).toThrow(message);
  });
});
