import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { diffDeployments, type ObjectChange } from "./diff-deployments.ts";
import { readInputFile } from "./read-input-file.ts";
import type { RenderedDeployment } from "./render-all.ts";
import { yamlStream } from "./report.ts";
import { writeFiles } from "./write-files.ts";

/** Writes snapshots below a folder and removes those of bundles that are not deployed any more. */
export function writeSnapshots(folder: string, rendered: readonly RenderedDeployment[]): void {
  const files = new Set(rendered.map(deploymentFile));
  for (const name of namesIn(folder)) if (!files.has(name)) rmSync(join(folder, name));
  for (const deployment of rendered) writeFiles(folder, [[deploymentFile(deployment), yamlStream(deployment.objects)]]);
}

/** Returns how what clusters get differs from a folder's snapshots, one line for each difference. Throws INPUT_FILE_INVALID. */
export function compareSnapshots(folder: string, rendered: readonly RenderedDeployment[]): string[] {
  const names = namesIn(folder);
  const wanted = names.map((name) => ({
    cluster: name.slice(0, name.lastIndexOf("/")),
    bundle: name.slice(name.lastIndexOf("/") + 1, -".yaml".length),
    objects: readInputFile(join(folder, name), "snapshot").filter(isJsonObject),
  }));
  const present = new Set(rendered.map(deploymentFile));
  return [
    ...names.filter((name) => !present.has(name)).map((name) => `${name}: not deployed any more`),
    ...[...present].filter((name) => !names.includes(name)).map((name) => `${name}: there is no snapshot`),
    ...diffDeployments(wanted, rendered).flatMap(({ clusters, changes }) =>
      changes.flatMap((change) => linesOf(change).map((line) => `${clusters.join(", ")}: ${line}`)),
    ),
  ];
}

/** Returns the name of the file for a bundle on a cluster: `<cluster>/<bundle>.yaml`. */
export function deploymentFile({ cluster, bundle }: Pick<RenderedDeployment, "cluster" | "bundle">): string {
  return `${cluster}/${bundle}.yaml`;
}

function linesOf({ bundle, action, kind, name, fields }: ObjectChange): string[] {
  const object = `${bundle}: ${kind}/${name}`;
  if (action !== "changed") return [`${object} is ${action === "created" ? "not in the snapshot" : "missing"}`];
  return fields.map(({ path, before, after }) => `${object}: ${path} is ${show(after)}, expected ${show(before)}`);
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? "not there" : printGoYaml(value).trimEnd();
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\/[^/]+\.yaml$/u.test(name))
    .toSorted();
}
