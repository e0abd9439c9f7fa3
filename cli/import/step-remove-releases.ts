import { AppError } from "../../shared/errors.ts";
import { defaultAgentNamespace } from "../../shared/api/annotations.ts";
import { textOption } from "../command.ts";
import { readObjectPaths } from "./cluster-kinds.ts";
import { type ClusterOfStep, clusterOfStep } from "./cluster-of-step.ts";
import { releasesRemovedAnnotation } from "./import-marks.ts";
import { type ImportStep, mergePatch, type StepContext } from "./import-steps.ts";
import type { Adopted } from "./migration-state.ts";
import { describeMarked, readMarks } from "./object-marks.ts";
import { readInventories } from "./read-inventories.ts";
import { readReleaseSecrets, type ReleaseSecret } from "./release-records.ts";

/** Removes the Secrets in which Helm remembers the releases that Drover has adopted; other releases stay. */
export const stepRemoveReleases: ImportStep = async (step) => {
  const { context, fleet, dryRun } = step;
  const of = await clusterOfStep(step, "remove-releases");
  const { adopted } = of.state;
  if (adopted === undefined) {
    context.print(`${of.id}: no GitRepo of Fleet was deployed there, no release is Drover's`);
    return 0;
  }
  const releases = Object.keys(adopted.releases);
  await requireAdopted(step, of, releases);
  const secrets: ReleaseSecret[] = [];
  for (const release of releases) secrets.push(...(await readReleaseSecrets(of.client, release)));
  requireNoOthers(secrets, adopted.releases);
  for (const { path, name, uid } of secrets) {
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    if (!dryRun) await of.client.call({ method: "DELETE", path, body });
    context.print(`Secret ${path.split("/")[4] ?? ""}/${name} ${dryRun ? "would be removed" : "removed"}`);
  }
  if (dryRun) return 0;
  const time = new Date(context.nowMs()).toISOString();
  if (!of.state.releasesRemoved)
    await mergePatch(fleet, of.path, { metadata: { annotations: { [releasesRemovedAnnotation]: time } } });
  context.print(`${of.id}: nothing of ${releases.length} releases is recorded any more`);
  return 0;
};

async function requireAdopted(
  { input }: StepContext,
  { id, client }: ClusterOfStep,
  releases: readonly string[],
): Promise<void> {
  const owned = await readInventories(client, textOption(input, "agent-namespace") ?? defaultAgentNamespace);
  const marked = await readMarks(client, await readObjectPaths(client), owned);
  const [first] = marked;
  if (first === undefined) return;
  throw new AppError(
    "IMPORT_INCOMPLETE",
    `${describeMarked(first.wanted, first.marks, releases)}; call \`drover import fleet adopt --cluster ${id} --cluster-kubeconfig FILE\` again`,
    { verdict: "stalled" },
  );
}

/** What was installed after the adoption is somebody's work, not what Drover adopted. */
function requireNoOthers(secrets: readonly ReleaseSecret[], adopted: Adopted["releases"]): void {
  const known = new Set(Object.values(adopted).flat());
  const other = secrets.find(({ uid }) => !known.has(uid));
  if (other === undefined) return;
  throw new AppError(
    "IMPORT_INCOMPLETE",
    `Secret ${other.name} was made after the adoption: somebody installs that release again; end that, and remove it by hand`,
    { verdict: "stalled" },
  );
}
