import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { type JsonObject, isJsonObject } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { stableJson } from "../../../codec/stable-hash.ts";
import type { KustomizeRenderer } from "../../../shared/runtime/kustomize/kustomize.ts";
import { bundleStyle, kustomizeDir } from "../../../shared/render/kustomize-variants.ts";
import type { Content } from "../../../shared/api/content.ts";
import type { KubeObject } from "../../../shared/api/meta.ts";
import type { AssembledBundle } from "../../../shared/bundle/assemble-bundle.ts";
import { AppError } from "../../../shared/errors.ts";
import { renderKustomized } from "../../../shared/runtime/kustomize/render-kustomized.ts";
import { type TargetEntry, factsOf, targetBundle } from "../../../shared/targeting/target-bundle.ts";
import { differences } from "./compare.ts";
import { finishValues } from "./finish-values.ts";
import type { CaseError, FleetCase } from "./read-case.ts";
import { asJson } from "../../../cli/offline/target-view.ts";
import { buildCase, clusterName } from "./run-case.ts";

/** What one deployment is rendered to, or that it failed. */
type Rendered = { readonly objects: readonly KubeObject[] } | { readonly error: CaseError; readonly code: string };

async function renderEntry(fleetCase: FleetCase, assembled: AssembledBundle, work: { entry: TargetEntry; kustomize: KustomizeRenderer }): Promise<Rendered> {
  const { entry, kustomize } = work;
  const name = assembled.bundle.metadata.name ?? "";
  const bundle = `${fleetCase.apply.namespace}/${name}`;
  const options = entry.deployment?.options ?? {};
  try {
    const dir = kustomizeDir(bundleStyle(assembled.content), options);
    const content: Content =
      dir === undefined
        ? assembled.content
        : {
            source: "objects",
            resources: [{ name: "objects.yaml", content: await kustomize.render({ content: assembled.content, contentId: assembled.contentId, dir }) }],
          };
    const kubeVersion = fleetCase.deploy?.kubeVersion ?? "v1.25.0";
    const input = { bundle, content, options, facts: factsOf(entry.cluster), kubeVersion, namespaces: "offline", fleetMarks: true } as const;
    const { objects } = await renderKustomized(input, kustomize);
    return { objects };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { error: { phase: "deploy", bundle: name, cluster: clusterName(fleetCase, entry) }, code: error.code };
  }
}

function recorded(file: string): JsonObject[] {
  return parseYaml(readFileSync(file, "utf8"), { file }).flatMap(({ value }) => (isJsonObject(value) ? [value] : []));
}

function compareFile(file: string, objects: readonly KubeObject[]): string[] {
  const sorted = (list: readonly JsonObject[]): JsonObject[] => list.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const found = differences(sorted(recorded(file)), sorted(objects.map(asJson).filter(isJsonObject)), file.slice(file.indexOf("/rendered/") + 10));
  const order = file.replace(/\.yaml$/u, ".order.txt");
  if (found.length > 0 || !existsSync(order)) return found;
  const lines = objects.map(({ apiVersion, kind, metadata: { namespace = "-", name = "-" } }) => `${apiVersion}/${kind}/${namespace}/${name}`);
  return differences(readFileSync(order, "utf8").trim().split("\n"), lines, order);
}

function sortKey(object: JsonObject): string {
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  return [object["apiVersion"], object["kind"], metadata["namespace"] ?? "", metadata["name"] ?? ""].join(" ") + stableJson(object);
}

/** Returns the differences between the objects that Drover renders and the recorded ones. */
export async function compareRenderStage(fleetCase: FleetCase, kustomize: KustomizeRenderer): Promise<string[]> {
  const errors: CaseError[] = [];
  const files = new Map<string, readonly KubeObject[]>();
  for (const assembled of buildCase(fleetCase).bundles) {
    for (const entry of targetsOf(fleetCase, assembled)) {
      if (entry.deployment?.promoted !== true) continue;
      const rendered = await renderEntry(fleetCase, assembled, { entry, kustomize });
      const name = assembled.bundle.metadata.name ?? "";
      if ("error" in rendered) errors.push(rendered.error);
      else files.set(join(clusterName(fleetCase, entry), `${name}.yaml`), rendered.objects);
    }
  }
  return compareRendered(fleetCase, files, errors);
}

/** Returns the differences between rendered objects by file and failures, and the recorded ones. */
export function compareRendered(fleetCase: FleetCase, files: ReadonlyMap<string, readonly KubeObject[]>, errors: readonly CaseError[]): string[] {
  const folder = join(fleetCase.folder, "expected/rendered");
  const left = new Set(
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml")) : [],
  );
  const found = [...files].flatMap(([file, objects]) =>
    left.delete(file) ? compareFile(join(folder, file), objects) : [`${file}: rendered, but nothing is recorded`],
  );
  const keys = (list: readonly CaseError[]): string[] =>
    list.filter(({ phase }) => phase === "deploy").map(({ bundle = "", cluster = "" }) => `${bundle} ${cluster}`).sort();
  return [
    ...differences(keys(fleetCase.errors), keys(errors), "errors"),
    ...found,
    ...[...left].map((file) => `${file}: recorded, but nothing is rendered`),
  ];
}

function targetsOf(fleetCase: FleetCase, assembled: AssembledBundle): readonly TargetEntry[] {
  try {
    return targetBundle(assembled.bundle, fleetCase.world, finishValues);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
