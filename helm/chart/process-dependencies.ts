import { GoPanic, type GoMap } from "../template/go-value.ts";
import { parseConstraint, satisfies } from "../functions/semver-constraint.ts";
import { parseVersion } from "../functions/semver-version.ts";
import type { Chart } from "./chart.ts";
import type { ChartDependency } from "./chart-metadata.ts";
import { tableAt, valueAt } from "./chart-values.ts";
import { coalesceValues } from "./coalesce-values.ts";
import { importValues } from "./import-values.ts";

/**
 * Returns the chart as its values want it: subcharts under their aliases, those that `condition` or `tags` switch off gone,
 * `import-values` among the defaults (Helm: `ProcessDependencies`).
 */
export function processDependencies(chart: Chart, values: GoMap, warn: (message: string) => void): Chart {
  return importValues(enableDependencies(chart, { values, path: "", warn }), warn);
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

function enableDependencies(chart: Chart, asked: Asked): Chart {
  const declared = chart.metadata.dependencies?.filter((entry) => entry !== undefined);
  if (declared === undefined) return chart;
  const undeclared = chart.dependencies.filter((child) => !declared.some((entry) => isMeant(child, entry)));
  const found = declared.flatMap((entry) => {
    const child = chart.dependencies.find((candidate) => isMeant(candidate, entry));
    return child === undefined ? [] : [renamed(child, entry.alias)];
  });
  const renamedEntries = declared.map((entry) => ({ ...entry, name: entry.alias === "" ? entry.name : entry.alias }));
  const whole = { ...chart, dependencies: [...undeclared, ...found] };
  const values = coalesceValues(whole, asked.values);
  const entries = renamedEntries.map((entry) => ({ ...entry, enabled: isEnabled(entry, { ...asked, values }) }));
  const disabled = new Set(entries.filter(({ enabled }) => !enabled).map(({ name }) => name));
  const kept = whole.dependencies.filter((child) => !disabled.has(child.metadata.name));
  const keptEntries = entries.filter(({ name }) => !disabled.has(name));
  return {
    ...whole,
    metadata: { ...chart.metadata, dependencies: keptEntries.length === 0 ? undefined : keptEntries },
    dependencies: kept.map((child) =>
      enableDependencies(child, { ...asked, values, path: `${asked.path}${child.metadata.name}.` }),
    ),
  };
}

function isMeant(child: Chart, entry: ChartDependency): boolean {
  return child.metadata.name === entry.name && isCompatible(entry.version, child.metadata.version);
}

function renamed(child: Chart, alias: string): Chart {
  return alias === "" ? child : { ...child, metadata: { ...child.metadata, name: alias } };
}

function isEnabled(entry: ChartDependency, asked: Asked): boolean {
  return conditionOf(entry, asked) ?? tagsAllow(entry, asked);
}

/** The first path that holds a boolean decides; undefined when none does. */
function conditionOf(entry: ChartDependency, asked: Asked): boolean | undefined {
  for (const path of entry.condition.trim().split(",")) {
    if (path === "") continue;
    const value = valueAt(asked.values, asked.path + path);
    if (typeof value === "boolean") return value;
    if (value !== undefined) asked.warn(`returned non-bool value path=${path} chart=${entry.name}`);
  }
  return undefined;
}

function tagsAllow(entry: ChartDependency, asked: Asked): boolean {
  const tags = tableAt(asked.values, "tags");
  const set = entry.tags.map((tag) => tags?.get(tag)).filter((value) => value !== undefined);
  if (set.some((value) => typeof value !== "boolean")) asked.warn(`returned non-bool value chart=${entry.name}`);
  return set.includes(true) || !set.includes(false);
}
