import { gzipSync } from "node:zlib";
import { toBytes } from "../template/go-string.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { printLock } from "./dependencies/chart-lock.ts";
import { printMetadata } from "./print-metadata.ts";
import { writeTar } from "./write-tar.ts";

/** Returns the name that Helm gives a chart's archive: `web-1.2.3.tgz`. */
export function archiveName({ metadata }: Chart): string {
  return `${metadata.name}-${metadata.version}.tgz`;
}

/** Returns a chart as a `.tgz`, its subcharts unpacked within (Helm: `Save`); equal charts give equal bytes. */
export function packChart(chart: Chart): Buffer {
  return gzipSync(writeTar(filesOf(chart, chart.metadata.name)));
}

function filesOf(chart: Chart, base: string): ChartFile[] {
  const { metadata, lock, valuesText, schema } = chart;
  const isOld = metadata.apiVersion === "v1";
  const texts = [
    ["Chart.yaml", printMetadata(isOld ? { ...metadata, dependencies: undefined } : metadata)],
    ["Chart.lock", isOld || lock === undefined ? undefined : printLock(lock)],
    ["values.yaml", valuesText],
    ["values.schema.json", schema],
  ] as const;
  return [
    ...texts.flatMap(([name, text]) => (text === undefined ? [] : [{ name: `${base}/${name}`, data: toBytes(text) }])),
    ...[...chart.templates, ...chart.files].map(({ name, data }) => ({ name: `${base}/${name}`, data })),
    ...chart.dependencies.flatMap((child) => filesOf(child, `${base}/charts/${child.metadata.name}`)),
  ];
}
