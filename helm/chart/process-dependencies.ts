import { GoPanic, type GoMap } from "../template/go-value.ts";
import { parseConstraint, satisfies } from "../functions/semver-constraint.ts";
import { parseVersion } from "../functions/semver-version.ts";
import type { Chart } from "./chart.ts";
import { chartOf, type ChartNode, copyNode, createNode, type NodeEntry, setDependencies } from "./chart-node.ts";
import { tableAt, valueAt } from "./chart-values.ts";
import { coalesceValues } from "./coalesce-values.ts";
import { importValues } from "./import-values.ts";

/**
 * Returns the chart as its values want it: subcharts under their aliases, those that `condition` or `tags` switch off gone,
 * `import-values` among the defaults (Helm: `ProcessDependencies`).
 */
export function processDependencies(chart: Chart, values: GoMap, warn: (message: string) => void): Chart {
  const node = createNode(chart);
  enableDependencies(node, { values, path: "", warn });
  importValues(node, warn);
  return chartOf(node);
}

/** Returns whether a version fits a constraint; false where either is malformed (Helm: `IsCompatibleRange`). */
export function isCompatible(constraint: string, version: string): boolean {
  try {
    return satisfies(parseConstraint(constraint), parseVersion(version));
  } catch (error) {
    if (error instanceof GoPanic) return false;
    throw error;
  }
}

interface Asked {
  readonly values: GoMap;
  /** What stands before the paths of conditions: `db.`. */
  readonly path: string;
  readonly warn: (message: string) => void;
}

function enableDependencies(node: ChartNode, asked: Asked): void {
  const declared = node.metadata.dependencies;
  if (declared === undefined) return;
  const undeclared = node.dependencies.filter((child) => !declared.some((entry) => isMeant(child, entry)));
  const found = declared.flatMap((entry) => {
    const child = node.dependencies.find((candidate) => isMeant(candidate, entry));
    return child === undefined ? [] : [copyNode(child, entry.alias === "" ? child.metadata.name : entry.alias)];
  });
  for (const entry of declared) if (entry.alias !== "") entry.name = entry.alias;
  setDependencies(node, [...undeclared, ...found]);
  const values = coalesceValues(chartOf(node), asked.values);
  for (const entry of declared) entry.enabled = isEnabled(entry, { ...asked, values });
  const disabled = new Set(declared.filter(({ enabled }) => !enabled).map(({ name }) => name));
  const kept = node.dependencies.filter((child) => !disabled.has(child.metadata.name));
  const keptEntries = declared.filter(({ name }) => !disabled.has(name));
  for (const child of kept) {
    enableDependencies(child, { ...asked, values, path: `${asked.path}${child.metadata.name}.` });
  }
  node.metadata.dependencies = keptEntries.length === 0 ? undefined : keptEntries;
  setDependencies(node, kept);
}

function isMeant({ metadata, chart }: ChartNode, entry: NodeEntry): boolean {
  return metadata.name === entry.name && isCompatible(entry.version, chart.metadata.version);
}

function isEnabled(entry: NodeEntry, asked: Asked): boolean {
  return conditionOf(entry, asked) ?? tagsAllow(entry, asked);
}

/** The first path that holds a boolean decides; undefined when none does. */
function conditionOf(entry: NodeEntry, asked: Asked): boolean | undefined {
  for (const path of entry.condition.trim().split(",")) {
    if (path === "") continue;
    const value = valueAt(asked.values, asked.path + path);
    if (typeof value === "boolean") return value;
    if (value !== undefined) asked.warn(`returned non-bool value path=${path} chart=${entry.name}`);
  }
  return undefined;
}

function tagsAllow(entry: NodeEntry, asked: Asked): boolean {
  const tags = tableAt(asked.values, "tags");
  const set = entry.tags.map((tag) => tags?.get(tag)).filter((value) => value !== undefined);
  if (set.some((value) => typeof value !== "boolean")) asked.warn(`returned non-bool value chart=${entry.name}`);
  return set.includes(true) || !set.includes(false);
}
