import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { isJsonObject } from "../../../codec/json-value.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { type CliCase, type InputForm, layOutCase } from "./cli-case.ts";
import { excuse } from "./excuse.ts";
import { type CaseError, type FleetCase, readCase } from "./read-case.ts";
import { compareRendered } from "./render-case.ts";
import { type Stage, compareBuilt, compareTargeted, stagesOf } from "./stages.ts";

const folder = process.env["DROVER_FLEET_CASES"] ?? join(import.meta.dirname, "cases");
const cases = readdirSync(folder)
  .filter((id) => statSync(join(folder, id)).isDirectory())
  .sort()
  .map((id) => readCase(folder, id));

const workDir = mkdtempSync(join(tmpdir(), "drover-cli-cases-"));
const kustomize = await findOrBuildBinary("kustomize");
const path = [...(kustomize === undefined ? [] : [dirname(kustomize)]), dirname(process.execPath), process.env["PATH"] ?? ""].join(":");

/** A run of Fleet fails as a whole: one failure without a name, however many directories are at fault. */
function asRun(errors: readonly CaseError[]): CaseError[] {
  return errors.some(({ phase }) => phase === "apply") ? [{ phase: "apply" }] : [];
}

async function compare(fleetCase: FleetCase, cli: CliCase, stage: Stage): Promise<string[]> {
  const forms: readonly InputForm[] = ["flags", "manifest"];
  const found: string[] = [];
  switch (stage) {
    case "bundles":
      for (const form of forms) {
        const { code, documents, errors } = await cli.bundle(form);
        expect(code).toBe(errors.length === 0 ? 0 : 1);
        found.push(...compareBuilt(fleetCase, documents.filter(isJsonObject), asRun(errors)).map((line) => `${form}: ${line}`));
      }
      return found;
    case "targets":
      for (const form of forms) {
        const { code, documents, errors } = await cli.target(form);
        expect(code).toBe(errors.length === 0 ? 0 : 1);
        const [entries] = documents;
        const list = Array.isArray(entries) ? (entries as unknown[]).filter(isJsonObject) : [];
        found.push(...compareTargeted(fleetCase, list, errors).map((line) => `${form}: ${line}`));
      }
      return found;
    case "rendered": {
      const { code, errors, files } = await cli.render(path);
      expect(code).toBe(errors.length === 0 ? 0 : 1);
      return compareRendered(fleetCase, files, errors);
    }
  }
}

describe.each(cases)("drover offline, case $id: $title", (fleetCase) => {
  const cli = layOutCase(fleetCase, mkdtempSync(join(workDir, `${fleetCase.id}-`)));
  for (const stage of stagesOf(fleetCase)) {
    const excused = excuse(fleetCase.id, stage);
    it(`${excused === undefined ? "prints" : "does not print"} the recorded ${stage}${excused === undefined ? "" : ` (${excused.reason})`}`, async () => {
      const found = await compare(fleetCase, cli, stage);
      if (excused === undefined) expect(found).toEqual([]);
      else expect(found).not.toEqual([]);
    });
  }
});

afterAll(() => {
  rmSync(workDir, { recursive: true, force: true });
});
