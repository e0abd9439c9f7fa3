import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../../codec/parse-yaml.ts";
import { applyOverlays } from "../../../../../shared/render/overlays/apply-overlays.ts";

const base = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: '1', b: '2'}\n";

describe("applyOverlays", () => {
  it("replaces, adds and empties files, and drops what lies below overlays", () => {
    const files = {
      "cm.yaml": base,
      "gone.yaml": base,
      "overlays/prod/cm.yaml": "data: replaced\n",
      "overlays/prod/gone.yaml": "",
      "overlays/prod/new/x.yaml": "data: new\n",
      "overlays/other/cm.yaml": "data: other\n",
    };
    expect(apply(files, ["prod", "missing"])).toEqual({
      "cm.yaml": { data: "replaced" },
      "gone.yaml": undefined,
      "new/x.yaml": { data: "new" },
    });
    expect(apply(files, [])).toHaveProperty(["cm.yaml", "data", "a"], "1");
  });

  it("applies overlays in order, later ones to the results of earlier ones", () => {
    const files = {
      "cm.yaml": base,
      "overlays/one/cm_patch.yaml": "data: {a: one, c: one}\n",
      "overlays/two/cm_patch.yaml": "data: {c: two, b: null}\n",
      "overlays/two/deep/er/z.yaml": "z: 1\n",
    };
    const patched = apply(files, ["one", "two"]);
    expect(patched["cm.yaml"]).toHaveProperty("data", { a: "one", c: "two" });
    expect(apply(files, ["two", "one"])["cm.yaml"]).toHaveProperty("data", { a: "one", c: "one" });
  });

  it("chooses the patch by its shape and the kind that it patches", () => {
    const tea = "apiVersion: example.org/v1\nkind: Tea\nspec: {containers: [{name: a}, {name: b}], sugar: 2}\n";
    const pod = "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}, {name: b}]}\n";
    const change = "spec: {containers: [{name: b, image: x}], sugar: null}\n";
    const patched = apply(
      {
        "tea.yaml": tea,
        "pod.yaml": pod,
        "list.yaml": base,
        "overlays/o/tea_patch.yaml": change,
        "overlays/o/pod_patch.yaml": change,
        "overlays/o/list_patch.yaml": "- {op: replace, path: /data/a, value: '9'}\n- {op: remove, path: /data/b}\n",
      },
      ["o"],
    );
    expect(patched["tea.yaml"]).toHaveProperty("spec", { containers: [{ name: "b", image: "x" }] });
    expect(patched["pod.yaml"]).toHaveProperty("spec", { containers: [{ name: "a" }, { name: "b", image: "x" }] });
    expect(patched["list.yaml"]).toHaveProperty("data", { a: "9" });
  });

  it("replaces only the first _patch. of a file's own name", () => {
    const files = {
      "dir_patch.d/a.v1.yaml": base,
      "overlays/o/dir_patch.d/a.v1_patch.yaml": "data: {b: x}\n",
      "overlays/o/a_patch_b.yaml": "plain: 1\n",
    };
    expect(apply(files, ["o"])).toEqual({
      "dir_patch.d/a.v1.yaml": expect.objectContaining({ data: { a: "1", b: "x" } }),
      "a_patch_b.yaml": { plain: 1 },
    });
  });

  it.each([
    {
      name: "a patch for a file that is not there",
      patch: "overlays/o/other_patch.yaml",
      text: "a: 1",
      says: /no file other.yaml/,
    },
    { name: "a patch that is a single word", patch: "overlays/o/cm_patch.yaml", text: "word", says: /map or a list/ },
    { name: "a patch that is no YAML", patch: "overlays/o/cm_patch.yaml", text: "a: [", says: /cm_patch.yaml:1:/ },
    {
      name: "an operation that finds nothing",
      patch: "overlays/o/cm_patch.yaml",
      text: "- {op: remove, path: /x/y}",
      says: /operation 0/,
    },
    {
      name: "a directive that does not exist",
      patch: "overlays/o/cm_patch.yaml",
      text: "data: {$patch: drop}",
      says: /replace nor delete/,
    },
  ])("refuses $name, naming the patch", ({ patch, text, says }) => {
    const work = (): unknown => apply({ "cm.yaml": base, [patch]: text }, ["o"]);
    expect(work).toThrow(says);
    expect(work).toThrow(
      expect.objectContaining({ code: "OVERLAY_INVALID", position: expect.objectContaining({ file: patch }) }),
    );
  });

  it("refuses to patch an empty file", () => {
    expect(() => apply({ "e.yaml": "# nothing\n", "overlays/o/e_patch.yaml": "a: 1" }, ["o"])).toThrow(/holds no map/);
  });
});

function apply(files: Readonly<Record<string, string>>, overlays: readonly string[]): Record<string, unknown> {
  const list = Object.entries(files).map(([name, text]) => ({ name, text }));
  const applied = applyOverlays(list, overlays).map(({ name, text }) => [name, parseYaml(text)[0]?.value]);
  return Object.fromEntries(applied);
}
