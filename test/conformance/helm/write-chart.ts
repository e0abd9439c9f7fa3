import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A Chart.yaml that nobody has anything against. */
export const goodChartfile = "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: https://c.example/i.png\n";

/** Writes a chart; a Chart.yaml that is not given is a good one, "" leaves a file out. */
export async function writeChart(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries({ "Chart.yaml": goodChartfile, ...files })) {
    if (text === "") continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
