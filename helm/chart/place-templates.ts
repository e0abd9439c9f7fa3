import { posix } from "node:path";
import { fromBytes } from "../template/go-string.ts";
import type { TemplateFile } from "../template/compile-template.ts";
import type { ChartFile } from "./chart.ts";

/** A template file at its place in a release. */
export interface PlacedTemplate {
  readonly file: TemplateFile;
  readonly basePath: string;
  readonly depth: number;
  readonly isPartial: boolean;
}

const places = new WeakMap<readonly ChartFile[], Map<string, readonly PlacedTemplate[]>>();

/** Returns the templates of a chart that stands at a path, named and decoded once per loaded chart and place. */
export function placeTemplates(templates: readonly ChartFile[], path: string): readonly PlacedTemplate[] {
  const byPath = places.get(templates) ?? new Map<string, readonly PlacedTemplate[]>();
  places.set(templates, byPath);
  const known = byPath.get(path);
  if (known !== undefined) return known;
  const placed = templates.map((template) => {
    const name = posix.join(path, template.name);
    return {
      file: { name, text: fromBytes(template.data) },
      basePath: posix.join(path, "templates"),
      depth: name.split("/").length,
      isPartial: posix.basename(name).startsWith("_"),
    };
  });
  byPath.set(path, placed);
  return placed;
}

/** The templates of a chart in a release; of a library chart only its partials count. */
export interface ChartTemplates {
  readonly placed: readonly PlacedTemplate[];
  readonly isLibrary: boolean;
}

/** A template with the number of its chart in the release. */
export interface OrderedTemplate {
  readonly template: PlacedTemplate;
  readonly chart: number;
}

/** Returns the templates of a release's charts in the order in which they are rendered; of two of a name the later counts. */
export function orderTemplates(charts: readonly ChartTemplates[]): OrderedTemplate[] {
  const found = new Map<string, OrderedTemplate>();
  for (const [chart, { placed, isLibrary }] of charts.entries()) {
    for (const template of placed) {
      if (!isLibrary || template.isPartial) found.set(template.file.name, { template, chart });
    }
  }
  return [...found.values()].toSorted((a, b) => compareDepth(a.template, b.template));
}

/** Deeper files come first, those of one depth in reverse order of their names, so that parents' definitions win. */
function compareDepth(a: PlacedTemplate, b: PlacedTemplate): number {
  if (a.depth !== b.depth) return b.depth - a.depth;
  return a.file.name < b.file.name ? 1 : -1;
}

/** Returns whether two releases have the same templates of the same charts. */
export function haveSameTemplates(a: readonly ChartTemplates[], b: readonly ChartTemplates[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ placed, isLibrary }, index) => placed === b[index]?.placed && isLibrary === b[index]?.isLibrary);
}
