import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { createKustomizeRenderer } from "../../../shared/runtime/kustomize/kustomize.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { deliberate } from "./deliberate.ts";
import { type Verdict, excuse } from "./excuse.ts";
import { notYet } from "./not-yet.ts";
import { type FleetCase, readCase } from "./read-case.ts";
import { compareRenderStage } from "./render-case.ts";
import { type Stage, compareBundleStage, compareTargetStage, stagesOf } from "./stages.ts";

const folder = process.env["DROVER_FLEET_CASES"] ?? join(import.meta.dirname, "cases");
const cases = readdirSync(folder)
  .filter((id) => statSync(join(folder, id)).isDirectory())
  .sort()
  .map((id) => readCase(folder, id));

const workDir = mkdtempSync(join(tmpdir(), "drover-fleet-"));
const binary = await findOrBuildBinary("kustomize");
const kustomize = createKustomizeRenderer({
  ...(binary === undefined ? {} : { binary }),
  path: [dirname(process.execPath), process.env["PATH"] ?? ""].join(":"),
  dir: workDir,
});

const verdicts: { area: string; stage: Stage; verdict: Verdict }[] = [];

async function compare(fleetCase: FleetCase, stage: Stage): Promise<string[]> {
  switch (stage) {
    case "bundles":
      return compareBundleStage(fleetCase);
    case "targets":
      return compareTargetStage(fleetCase);
    case "rendered":
      return compareRenderStage(fleetCase, kustomize);
  }
}

describe.each(cases)("Fleet case $id: $title", (fleetCase) => {
  for (const stage of stagesOf(fleetCase)) {
    const excused = excuse(fleetCase.id, stage);
    it(`${excused === undefined ? "gives" : "does not give"} the recorded ${stage}${excused === undefined ? "" : ` (${excused.reason})`}`, async () => {
      const found = await compare(fleetCase, stage);
      verdicts.push({ area: fleetCase.area, stage, verdict: found.length === 0 ? "equal" : (excused?.verdict ?? "different") });
      if (excused === undefined) expect(found).toEqual([]);
      else expect(found, `${fleetCase.id} ${stage} now equals the recording: take it off the list`).not.toEqual([]);
    });
  }
});

describe("the lists of exceptions", () => {
  it("name cases that exist", () => {
    if (process.env["DROVER_FLEET_CASES"] !== undefined) return;
    const known = new Set(cases.map(({ id }) => id));
    const named = [...Object.keys(deliberate), ...notYet.flatMap(({ ids }) => ids)];
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

afterAll(() => {
  rmSync(workDir, { recursive: true, force: true });
  const rows = new Map<string, Record<string, number>>();
  for (const { area, stage, verdict } of verdicts) {
    const row = rows.get(area) ?? {};
    row[`${stage} ${verdict}`] = (row[`${stage} ${verdict}`] ?? 0) + 1;
    rows.set(area, row);
  }
  console.table(Object.fromEntries([...rows].sort()));
});
