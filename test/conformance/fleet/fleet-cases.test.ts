import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { deliberate } from "./deliberate.ts";
import { notYet } from "./not-yet.ts";
import { readCase } from "./read-case.ts";
import { type Stage, compareBundleStage, compareTargetStage, stagesOf } from "./stages.ts";

const folder = process.env["DROVER_FLEET_CASES"] ?? join(import.meta.dirname, "cases");
const cases = readdirSync(folder)
  .filter((id) => statSync(join(folder, id)).isDirectory())
  .sort()
  .map((id) => readCase(folder, id));

type Verdict = "equal" | "deliberate" | "notYet" | "different";
const verdicts: { area: string; stage: Stage; verdict: Verdict }[] = [];

function waitsFor(id: string, stage: Stage): string | undefined {
  return notYet.find((entry) => entry.stage === stage && entry.ids.includes(id))?.waitsFor;
}

describe.each(cases)("Fleet case $id: $title", (fleetCase) => {
  for (const stage of stagesOf(fleetCase)) {
    const compare = stage === "bundles" ? compareBundleStage : compareTargetStage;
    const expected = deliberate[fleetCase.id]?.stages.includes(stage) === true ? "deliberate" : undefined;
    const pending = waitsFor(fleetCase.id, stage);
    it(`gives the recorded ${stage}${expected === undefined ? "" : " (not, on purpose)"}${pending === undefined ? "" : ` (not yet: ${pending})`}`, () => {
      const found = compare(fleetCase);
      const excuse = expected ?? (pending === undefined ? undefined : "notYet");
      verdicts.push({ area: fleetCase.area, stage, verdict: found.length === 0 ? "equal" : (excuse ?? "different") });
      if (excuse === undefined) expect(found).toEqual([]);
      else expect(found, `${fleetCase.id} ${stage} now equals the recording: take it off the list`).not.toEqual([]);
    });
  }
});

afterAll(() => {
  const rows = new Map<string, Record<string, string | number>>();
  for (const { area, stage, verdict } of verdicts) {
    const row = rows.get(area) ?? {};
    const key = `${stage} ${verdict}`;
    row[key] = Number(row[key] ?? 0) + 1;
    rows.set(area, row);
  }
  console.table(Object.fromEntries([...rows].sort()));
});
