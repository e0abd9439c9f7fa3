import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Returns the directories below a folder that hold a Chart.yaml, and packed charts; subcharts and what begins with a dot are left out. */
export function findCharts(at: string): string[] {
  if (existsSync(join(at, "Chart.yaml"))) return [at];
  return readdirSync(at, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return findCharts(join(at, entry.name));
      return entry.isFile() && entry.name.endsWith(".tgz") ? [join(at, entry.name)] : [];
    });
}
