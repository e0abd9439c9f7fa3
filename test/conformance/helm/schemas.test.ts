import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../codec/json-value.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { faultySchemas, formatCases, keywordCases } from "./cases/schema-cases.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";
import { goodChartfile, writeChart } from "./write-chart.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

const drafts: Readonly<Record<string, string | undefined>> = {
  "draft 4": "http://json-schema.org/draft-04/schema#",
  "draft 6": "http://json-schema.org/draft-06/schema#",
  "draft 7": "http://json-schema.org/draft-07/schema",
  "2019-09": "https://json-schema.org/draft/2019-09/schema",
  "2020-12": "https://json-schema.org/draft/2020-12/schema",
  "no draft": undefined,
};

const definitions = {
  port: { type: "integer", minimum: 1 },
  named: { type: "string", minLength: 2, pattern: "^[a-z]+$" },
  tree: { required: ["value"], properties: { value: { type: "integer" }, next: { $ref: "#/definitions/tree" } } },
};

interface Pair {
  readonly schema: JsonValue;
  readonly value: JsonValue;
}

const pairs: readonly Pair[] = [
  ...keywordCases.flatMap(({ schema, values }) => values.map((value) => ({ schema, value }))),
  ...Object.entries(formatCases).flatMap(([format, values]) => values.map((value) => ({ schema: { format }, value }))),
  { schema: { format: "ipv4" }, value: 3 },
  ...faultySchemas.map((schema) => ({ schema, value: 1 })),
];

/** Returns a chart with a subchart for each pair: Helm holds the values of all to their schemas in one call. */
function chartOf(draft: string | undefined): Record<string, string> {
  const named = draft === undefined ? {} : { $schema: draft };
  const values: Record<string, JsonValue> = {};
  const files: Record<string, string> = {};
  for (const [index, { schema, value }] of pairs.entries()) {
    const name = nameOf(index);
    values[name] = { v: value };
    files[`charts/${name}/Chart.yaml`] = goodChartfile.replace("name: c", `name: ${name}`);
    const whole = { ...named, definitions, properties: { v: schema } };
    files[`charts/${name}/values.schema.json`] = JSON.stringify(whole);
  }
  return { ...files, "values.yaml": JSON.stringify(values) };
}

function nameOf(index: number): string {
  return `case-${String(index).padStart(4, "0")}`;
}

/** Returns what is said of each pair; lines are sorted, since Helm has members of a map by chance. */
function faultsByPair(fault: string): Map<string, string[]> {
  const parts = fault.split(/(case-\d{4}):\n/u).slice(1);
  return new Map(
    parts.flatMap((part, at) => {
      if (at % 2 === 1) return [];
      return [
        [
          part,
          (parts[at + 1] ?? "")
            .split("\n")
            .filter((line) => line !== "")
            .toSorted(),
        ] as const,
      ];
    }),
  );
}

describe.skipIf(!isThere)("values.schema.json", () => {
  it.each(Object.entries(drafts))("refuses what helm refuses, with its words: %s", async (_name, draft) => {
    await using folder = await createTempDir("schemas");
    await writeChart(folder.path, chartOf(draft));
    const call = ["template", "rel", "."];
    const [ours, theirs] = await Promise.all([runDroverHelm(call, folder.path), runRealHelm(call, folder.path)]);
    const [found, wanted] = [faultsByPair(ours.fault), faultsByPair(theirs.fault)];
    expect(wanted.size).toBeGreaterThan(60);
    expect(pairs.length).toBeGreaterThan(180);
    for (const [index, pair] of pairs.entries()) {
      const name = nameOf(index);
      expect({ ...pair, said: found.get(name) }).toEqual({ ...pair, said: wanted.get(name) });
    }
  });
});
