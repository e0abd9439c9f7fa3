import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { HelmOptions } from "../../shared/api/deployment-options.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import { findOptionsFile } from "../../shared/bundle/scan-tree.ts";
import { readFirstDocument } from "../../shared/bundle/read-first-document.ts";
import { type FleetYamlReading, readFleetYaml } from "../../shared/bundle/read-fleet-yaml.ts";
import { cleanPath, joinPath, type RepoTree, resolvePath } from "../../shared/bundle/repo-tree.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { mergeOptions } from "../../shared/targeting/merge-options.ts";
import type { Targeted } from "./target-all.ts";
import { asJson } from "./target-view.ts";
import { decodeText } from "../../shared/bundle/decode-text.ts";

/** A path into deployment options, such as `["helm", "values", "image", "tag"]`. */
export type OptionPath = readonly (string | number)[];

/** One place that had a say in a value. */
export interface ExplainStep {
  /** Which rule put it there. */
  readonly rule: string;
  readonly position: SourcePosition;
  /** The value from this step on, of templates their part of it; absent when the step takes it away, or hands it on. */
  readonly value?: JsonValue;
  /** It has no value to show, and takes none away: a statement that hands it on, or a value of the cluster. */
  readonly handsOn?: true;
}

interface Source {
  readonly tree: RepoTree;
  /** Directory of the bundle, links followed. */
  readonly dir: string;
  readonly path: OptionPath;
}

/** Returns the steps by which a value came about on one cluster, in the order in which they count: the last one decides. */
export function explainOption(
  { assembled, entry }: Targeted,
  tree: RepoTree,
  path: OptionPath,
): readonly ExplainStep[] {
  const { bundle, dir } = assembled;
  const reading = readOwn(assembled, tree);
  const source = { tree, dir: dir.realPath, path };
  const own = valueAt(asJson(reading.options), path);
  const steps: ExplainStep[] = [
    ...(own === undefined ? [] : [{ rule: "option of the bundle", position: reading.locate(path), value: own }]),
    ...valuesFileSteps(reading.options.helm, source, "values file of the bundle"),
  ];
  const { outcome, deployment } = entry;
  if (outcome === undefined) return steps;
  let known = steps.at(-1)?.value;
  const take = (value: JsonValue | undefined, place: Omit<ExplainStep, "value">): void => {
    if (stableJson(value ?? null) === stableJson(known ?? null)) return;
    known = value;
    steps.push({ ...place, ...(value === undefined ? {} : { value }) });
  };
  const mergedWith = (layers: readonly number[]): JsonValue | undefined =>
    valueAt(asJson(mergeOptions(bundle.spec, { ...outcome, layers })), path);
  take(mergedWith([]), { rule: "GitRepo, flags, or a rule of Fleet", position: {} });
  for (const [index, layer] of outcome.layers.entries())
    take(mergedWith(outcome.layers.slice(0, index + 1)), layerPlace(reading, layer, source));
  if (deployment !== undefined)
    take(valueAt(asJson(deployment.options), path), { rule: "template, evaluated for this cluster", position: {} });
  return steps;
}

/** Where a target or customization says it: in its values files, the last first, else in the options file. */
function layerPlace(reading: FleetYamlReading, layer: number, source: Source): Omit<ExplainStep, "value"> {
  const { targets = [], targetCustomizations = [] } = reading.options;
  const isTarget = layer < targets.length;
  const [list, index] = isTarget
    ? (["targets", layer] as const)
    : (["targetCustomizations", layer - targets.length] as const);
  const target = (isTarget ? targets : targetCustomizations)[index];
  const name = `${isTarget ? "target" : "customization"} ${target?.name ?? `target${String(layer).padStart(3, "0")}`}`;
  const fromFile = valuesFileSteps(target?.helm, source, `values file of ${name}`).at(-1);
  if (fromFile !== undefined) return { rule: fromFile.rule, position: fromFile.position };
  return { rule: name, position: reading.locate([list, index, ...source.path]) };
}

/** Returns a step for each values file that has the value. */
function valuesFileSteps(helm: HelmOptions | undefined, { tree, dir, path }: Source, rule: string): ExplainStep[] {
  const [first, second, ...inValues] = path;
  if (first !== "helm" || second !== "values") return [];
  return (helm?.valuesFiles ?? []).flatMap((name) => {
    const file = cleanPath(joinPath(dir, name)) ?? name;
    const bytes = readFile(tree, file);
    if (bytes === undefined) return [];
    const { document } = readFirstDocument(decodeText(bytes), file);
    const value = valueAt(document?.value, inValues);
    if (value === undefined) return [];
    const found = document?.positionOf(inValues);
    return [
      { rule, position: { file, ...(found === undefined ? {} : { line: found.line, column: found.column }) }, value },
    ];
  });
}

function readOwn({ dir }: AssembledBundle, tree: RepoTree): FleetYamlReading {
  const file = dir.optionsFile ?? findOptionsFile(tree, dir.realPath);
  const bytes = file === undefined ? undefined : readFile(tree, joinPath(dir.realPath, file));
  return readFleetYaml(bytes === undefined ? "" : decodeText(bytes), joinPath(dir.path, file ?? "fleet.yaml"));
}

/** Links are followed as they are while building. */
function readFile(tree: RepoTree, path: string): Uint8Array | undefined {
  const resolved = resolvePath(tree, path);
  return resolved.kind === "found" && resolved.entry.type === "file" ? tree.read(resolved.path) : undefined;
}

/** Returns the value at a path, undefined where there is none. */
export function valueAt(value: JsonValue | undefined, path: OptionPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, step) => {
    if (Array.isArray(at)) return (at as readonly JsonValue[])[Number(step)];
    return isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}
