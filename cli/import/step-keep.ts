import type { JsonObject } from "../../codec/json-value.ts";
import { fleetPath } from "../hub-client.ts";
import { type ImportStep, mergePatch, readMigrationObjects, type StepContext } from "./import-steps.ts";
import { keptAnnotation } from "./import-marks.ts";
import { idOf, textAt, valueAt } from "./json-path.ts";
import { migrationStateOf } from "./migration-state-of.ts";
import { planMigration } from "./plan-migration.ts";
import { waitUntilNone } from "./wait-until-none.ts";

/** Sets keepResources on every GitRepo in Fleet, and waits until Fleet's agents have deployed it. */
export const stepKeep: ImportStep = async (step) => {
  const { context, dryRun } = step;
  const { gitRepos } = await readMigrationObjects(step);
  for (const repo of gitRepos) {
    if (valueAt(repo, "spec", "keepResources") === true) continue;
    if (!dryRun) await keep(step, repo);
    context.print(`GitRepo ${idOf(repo)}: keepResources ${dryRun ? "would be set" : "set"}`);
  }
  const left = async (): Promise<readonly string[]> => {
    const plan = planMigration(migrationStateOf(await readMigrationObjects(step)));
    return plan.clusters.flatMap(({ cluster, steps }) =>
      steps.flatMap(({ step: name, missing }) => (name === "keep" ? missing.map((line) => `${cluster}: ${line}`) : [])),
    );
  };
  if (dryRun) {
    for (const line of await left()) context.print(line);
    return 0;
  }
  await waitUntilNone("Fleet's agents have deployed keepResources", left, step);
  context.print(`keepResources is deployed by Fleet for ${gitRepos.length} GitRepos`);
  return 0;
};

async function keep({ fleet }: StepContext, repo: JsonObject): Promise<void> {
  const path = fleetPath("gitrepos", textAt(repo, "metadata", "namespace"), textAt(repo, "metadata", "name"));
  const annotations = { [keptAnnotation]: "false" };
  await mergePatch(fleet, path, { metadata: { annotations }, spec: { keepResources: true } });
}
