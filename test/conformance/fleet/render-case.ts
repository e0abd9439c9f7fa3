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
import { addFleetMarks } from "../../../shared/render/fleet-marks.ts";
import { renderObjects } from "../../../shared/render/render-objects.ts";
import { type TargetEntry, factsOf, targetBundle } from "../../../shared/targeting/target-bundle.ts";
import { differences } from "./compare.ts";
import { finishValues } from "./finish-values.ts";
import type { CaseError, FleetCase } from "./read-case.ts";
import { asJson, buildCase, clusterName } from "./run-case.ts";

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
    const { objects } = renderObjects({ bundle, content, options, facts: factsOf(entry.cluster), kubeVersion, namespaces: "offline" });
    return { objects: addFleetMarks(objects, bundle) };
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
  const folder = join(fleetCase.folder, "expected/rendered");
  const files = new Set(
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml")) : [],
  );
  const errors: string[] = [];
  const found: string[] = [];
  for (const assembled of buildCase(fleetCase).bundles) {
    for (const entry of targetsOf(fleetCase, assembled)) {
      if (entry.deployment?.promoted !== true) continue;
      const rendered = await renderEntry(fleetCase, assembled, { entry, kustomize });
      const name = assembled.bundle.metadata.name ?? "";
      if ("error" in rendered) {
        errors.push(`${rendered.error.bundle ?? ""} ${rendered.error.cluster ?? ""}`);
        continue;
      }
      const file = join(clusterName(fleetCase, entry), `${name}.yaml`);
      if (files.delete(file)) found.push(...compareFile(join(folder, file), rendered.objects));
      else found.push(`${file}: rendered, but nothing is recorded`);
    }
  }
  const expected = fleetCase.errors.filter(({ phase }) => phase === "deploy").map(({ bundle = "", cluster = "" }) => `${bundle} ${cluster}`);
  return [...differences(expected.sort(), errors.sort(), "errors"), ...found, ...[...files].map((file) => `${file}: recorded, but nothing is rendered`)];
}

function targetsOf(fleetCase: FleetCase, assembled: AssembledBundle): readonly TargetEntry[] {
  try {
    return targetBundle(assembled.bundle, fleetCase.world, finishValues);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [];
  }
}
