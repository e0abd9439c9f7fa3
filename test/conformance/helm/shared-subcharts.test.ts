import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

/** A chart that prints its own name and values, by its folder; `dependencies` as in Chart.yaml. */
interface Tree {
  readonly [folder: string]: { readonly dependencies?: string; readonly values?: string };
}

const twice = "[{name: x, version: '*', alias: one}, {name: x, version: '*', alias: two}]";

const trees: readonly { readonly name: string; readonly tree: Tree }[] = [
  {
    name: "two aliases of a chart whose subcharts no Chart.yaml names",
    tree: { "": { dependencies: twice }, "charts/x": {}, "charts/x/charts/y": {}, "charts/x/charts/y/charts/z": {} },
  },
  {
    name: "one alias of such a chart",
    tree: {
      "": { dependencies: "[{name: x, version: '*', alias: one}]" },
      "charts/x": {},
      "charts/x/charts/y": {},
      "charts/x/charts/y/charts/z": {},
    },
  },
  {
    name: "two aliases of a chart with a subchart that is not named and has aliases of its own",
    tree: {
      "": { dependencies: twice, values: "one: {y: {k: 1}}\ntwo: {y: {k: 2}}\n" },
      "charts/x": { dependencies: "[{name: v, version: '*'}]" },
      "charts/x/charts/v": {},
      "charts/x/charts/y": {
        dependencies: "[{name: z, version: '*', alias: zed, condition: zed.on, import-values: [out]}]",
      },
      "charts/x/charts/y/charts/z": { values: "exports: {out: {imported: yes}}\n" },
    },
  },
  {
    name: "two aliases, of which one switches off what they share",
    tree: {
      "": { dependencies: twice, values: "one: {y: {z: {on: false}}}\n" },
      "charts/x": { dependencies: "[{name: v, version: '*'}]" },
      "charts/x/charts/v": {},
      "charts/x/charts/y": { dependencies: "[{name: z, version: '*', condition: z.on}]" },
      "charts/x/charts/y/charts/z": {},
    },
  },
  {
    name: "aliases at two levels",
    tree: {
      "": { dependencies: twice },
      "charts/x": { dependencies: "[{name: y, version: '*', alias: a}, {name: y, version: '*', alias: b}]" },
      "charts/x/charts/y": {},
      "charts/x/charts/y/charts/z": {},
      "charts/x/charts/y/charts/z/charts/w": {},
    },
  },
];

describe.skipIf(!isThere)("subcharts that copies of a chart share", () => {
  it.each(trees)("are named, switched and given values as by helm: $name", async ({ tree }) => {
    await using folder = await createTempDir("shared-subcharts");
    for (const [at, { dependencies, values }] of Object.entries(tree)) {
      const name = at.split("/").at(-1) ?? "";
      const files = {
        "Chart.yaml": `apiVersion: v2\nname: ${name === "" ? "root" : name}\nversion: 1.0.0\n${dependencies === undefined ? "" : `dependencies: ${dependencies}\n`}`,
        "values.yaml": values ?? "",
        "templates/a.yaml": `kind: A\nname: {{ .Chart.Name }}\ntemplate: {{ .Template.Name }}\nvalues: {{ toJson .Values }}\n`,
        "crds/c.yaml": `kind: CustomResourceDefinition\nname: ${name}\n`,
      };
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder.path, at, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
    }
    const call = ["template", "rel", ".", "--include-crds"];
    const theirs = await runRealHelm(call, folder.path);
    expect(theirs.fault).toBe("");
    expect(await runDroverHelm(call, folder.path)).toEqual(theirs);
  });
});
