import type { JsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import { fleetPath } from "../hub-client.ts";
import { type ImportStep, incomplete, readMigrationObjects, type StepContext } from "./import-steps.ts";
import { fleetLabels } from "./import-marks.ts";
import { idOf, objectAt, textAt } from "./json-path.ts";
import { migrationStateOf } from "./migration-state-of.ts";
import { firstEarlierStep, planMigration } from "./plan-migration.ts";
import { waitUntilNone } from "./wait-until-none.ts";

/** Deletes the GitRepos in Fleet, once every cluster that they reach is adopted; nothing else. */
export const stepDeleteGitRepos: ImportStep = async (step) => {
  const { context, dryRun } = step;
  const objects = await readMigrationObjects(step);
  const state = migrationStateOf(objects);
  const wanted = new Set(objects.gitRepos.map(idOf));
  for (const plan of planMigration(state).clusters) {
    const early = firstEarlierStep(plan, "delete-gitrepos");
    if (early !== undefined) throw incomplete(`delete-gitrepos waits for ${early.step} of ${plan.cluster}`, early);
  }
  const unkept = state.gitRepos.filter(({ keepResources }) => !keepResources);
  if (unkept.length > 0) {
    const missing = unkept.map(({ id }) => `GitRepo ${id} has no keepResources`);
    throw incomplete("delete-gitrepos waits for keep", { missing, command: "drover import fleet keep" });
  }
  for (const repo of objects.gitRepos) {
    if (!dryRun) await remove(step, repo);
    context.print(`GitRepo ${idOf(repo)} ${dryRun ? "would be deleted" : "deleted"} in Fleet`);
  }
  if (dryRun) return 0;
  await waitUntilNone("Fleet has let go of them", async () => leftOf(step, wanted), step);
  context.print("no GitRepo is left in Fleet");
  return 0;
};

async function remove({ fleet }: StepContext, repo: JsonObject): Promise<void> {
  const path = fleetPath("gitrepos", textAt(repo, "metadata", "namespace"), textAt(repo, "metadata", "name"));
  const preconditions = { uid: textAt(repo, "metadata", "uid") };
  const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions };
  try {
    await fleet.call({ method: "DELETE", path, body });
  } catch (error) {
    if (!(error instanceof AppError) || error.details["status"] !== 404) throw error;
  }
}

async function leftOf(step: StepContext, wanted: ReadonlySet<string>): Promise<string[]> {
  const { gitRepos, bundleDeployments } = await readMigrationObjects(step);
  return [
    ...gitRepos.filter((repo) => wanted.has(idOf(repo))).map((repo) => `GitRepo ${idOf(repo)}`),
    ...bundleDeployments
      .filter((object) => wanted.has(ofRepo(object)))
      .map((object) => `BundleDeployment ${idOf(object)}`),
  ];
}

function ofRepo(object: JsonObject): string {
  const labels = objectAt(object, "metadata", "labels");
  return `${textAt(labels, fleetLabels.bundleNamespace)}/${textAt(labels, fleetLabels.repo)}`;
}
