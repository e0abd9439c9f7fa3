import type { GoMap } from "../template/go-value.ts";
import type { Chart } from "./chart.ts";
import type { ChartDependency } from "./chart-metadata.ts";

/** A dependency that Chart.yaml declares, as it stands while dependencies are processed. */
export interface NodeEntry extends Omit<ChartDependency, "name" | "importValues" | "enabled"> {
  name: string;
  enabled: boolean;
  importValues: ChartDependency["importValues"];
  /** Whether its values were imported: Helm imports them once, however many charts share the entry. */
  isImported: boolean;
}

/** What Chart.yaml says; copies of a chart may share it, and then see each other's changes. */
export interface NodeMetadata {
  readonly name: string;
  dependencies: readonly NodeEntry[] | undefined;
}

/**
 * A chart while its subcharts are chosen. Helm copies a chart for each entry that asks for it, but not deeply: the copies share
 * what lies two levels below, parents included, which decides how that is named and who changes it last.
 */
export interface ChartNode {
  readonly chart: Chart;
  readonly metadata: NodeMetadata;
  values: GoMap;
  parent: ChartNode | undefined;
  dependencies: readonly ChartNode[];
}

/** Returns the tree of a chart as it was read. */
export function createNode(chart: Chart): ChartNode {
  const { name, dependencies } = chart.metadata;
  const entries = dependencies?.flatMap((entry) => (entry === undefined ? [] : [{ ...entry, isImported: false }]));
  const node: ChartNode = {
    chart,
    metadata: { name, dependencies: entries },
    values: chart.values,
    parent: undefined,
    dependencies: [],
  };
  setDependencies(node, chart.dependencies.map(createNode));
  return node;
}

/** Gives a chart its subcharts, and them their parent (Helm: `SetDependencies`). */
export function setDependencies(node: ChartNode, dependencies: readonly ChartNode[]): void {
  for (const child of dependencies) child.parent = node;
  node.dependencies = dependencies;
}

/** Returns a copy under a name, metadata its own; its subcharts are copied, what they hold is shared (Helm: `getAliasDependency`). */
export function copyNode(node: ChartNode, name: string): ChartNode {
  const { dependencies } = node.metadata;
  const copy = { ...node, metadata: { name, dependencies: dependencies?.map((entry) => ({ ...entry })) } };
  setDependencies(
    copy,
    node.dependencies.map((child) => ({ ...child })),
  );
  return copy;
}

/** Returns the chart of a node as it stands. */
export function chartOf(node: ChartNode): Chart {
  const { chart, metadata, values } = node;
  const { name, dependencies } = metadata;
  return {
    ...chart,
    metadata: { ...chart.metadata, name, dependencies },
    values,
    fullPath: fullPath(node),
    dependencies: node.dependencies.map(chartOf),
  };
}

/** Helm follows the parents, which need not be the charts that lead here. */
function fullPath({ parent, metadata }: ChartNode): string {
  return parent === undefined ? metadata.name : `${fullPath(parent)}/charts/${metadata.name}`;
}
