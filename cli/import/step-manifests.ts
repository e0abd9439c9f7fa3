import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { switchOption, textOption, UsageError } from "../command.ts";
import { cleanManifest } from "./clean-manifest.ts";
import { findObject, readFleetObjects } from "./fleet-objects.ts";
import type { ImportStep, StepContext } from "./import-steps.ts";
import { type ManifestFile, planManifests } from "./plan-manifests.ts";

/** Reads Fleet and writes the manifests for Drover; changes nothing. */
export const stepManifests: ImportStep = async (step) => {
  const { context, fleet, workspaces } = step;
  const output = textOption(step.input, "output") ?? "yaml";
  const folder = /^dir=(.+)$/u.exec(output)?.[1];
  if (folder === undefined && output !== "yaml") throw new UsageError("write -o dir=FOLDER, or -o yaml");
  const { files, warnings, secrets } = planManifests(await readFleetObjects(fleet, workspaces));
  const all = [...files, ...(await secretFiles(step, secrets))].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const warning of warnings) context.printError(`warning: ${warning}`);
  if (folder === undefined) {
    const documents = all.filter(({ path }) => path.startsWith("hub/")).flatMap((file) => file.documents);
    context.print(documents.map((document) => `---\n${printGoYaml(document).trimEnd()}`).join("\n"));
    return 0;
  }
  for (const { path, documents } of all) {
    const shown = join(folder, path);
    context.print(`${step.dryRun ? "would write" : "wrote"} ${shown}: ${documents.length} objects`);
    if (step.dryRun) continue;
    const target = resolve(context.cwd, shown);
    await mkdir(dirname(target), { recursive: true });
    const text = documents.map((document) => `---\n${printGoYaml(document)}`).join("");
    // Files with Secrets are their owner's alone.
    await writeFile(target, text, path.endsWith("/credentials.yaml") ? { mode: 0o600 } : {});
  }
  return 0;
};

type Needed = ReturnType<typeof planManifests>["secrets"];

/** Secrets are read only when asked for; otherwise they are listed. */
async function secretFiles({ input, context, fleet }: StepContext, secrets: Needed): Promise<readonly ManifestFile[]> {
  const wanted = switchOption(input, "secrets");
  const found: { readonly workspace: string; readonly manifest: JsonObject }[] = [];
  for (const { id, isDefault } of secrets) {
    const [workspace = "", name = ""] = id.split("/");
    const path = `/api/v1/namespaces/${encodeURIComponent(workspace)}/secrets/${encodeURIComponent(name)}`;
    const secret = await findObject(fleet, path, wanted ? undefined : metadataOnly);
    if (secret === undefined) {
      if (!isDefault) context.printError(`warning: Secret ${id} is named by a GitRepo and does not exist`);
    } else if (wanted) {
      const manifest = cleanManifest({ apiVersion: "v1", kind: "Secret", ...secret });
      if (isJsonObject(manifest)) found.push({ workspace, manifest });
    } else context.printError(`needed: Secret ${id}; --secrets writes it too`);
  }
  return Map.groupBy(found, ({ workspace }) => workspace)
    .entries()
    .map(([workspace, list]) => ({
      path: `hub/workspaces/${workspace}/credentials.yaml`,
      documents: list.map(({ manifest }) => manifest),
    }))
    .toArray();
}

const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
