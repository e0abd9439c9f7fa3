import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { locateYaml } from "../../../codec/locate-yaml.ts";
import type { Chart } from "../../../helm/chart/chart.ts";
import { splitManifests } from "../../../helm/chart/split-manifests.ts";
import { createRecordingSource, type RandomTape } from "../../../helm/functions/random-tape.ts";
import { readYaml } from "../../../helm/chart/read-yaml.ts";
import { locateText, type TextSource } from "../../../helm/template/locate-text.ts";
import { createTrace, type TracedText } from "../../../helm/template/render-trace.ts";
import type { ChartInput } from "./chart-input.ts";
import { runHelm } from "./render-chart.ts";

/** One object that a chart made. */
export interface TracedObject {
  readonly value: JsonValue;
  /** Returns the statements of templates that wrote the field at a path; none where no template wrote it. */
  readonly sourcesOf: (path: readonly (string | number)[]) => readonly TextSource[];
}

/** What a chart came to, and how. */
export interface TracedChart {
  /** The chart with the subcharts that are on. */
  readonly chart: Chart;
  readonly objects: readonly TracedObject[];
  /** What random functions gave: another render with it gives the same. */
  readonly random: RandomTape;
}

/** Renders a chart like `renderChart` and returns for each object who wrote its fields. Throws `CHART_FAILED` and `RENDER_LIMIT`. */
export function traceChart(input: ChartInput): TracedChart {
  const random = createRecordingSource(input.random);
  const trace = createTrace();
  const { chart } = runHelm(input, random, { tracer: trace.tracer });
  const objects = [...trace.files].flatMap(([name, text]) => (name.endsWith("NOTES.txt") ? [] : objectsOf(text)));
  return { chart, objects, random: random.tape() };
}

const noValue = "<no value>";
/** Blanks, quotes, and what YAML marks lists and blocks with. */
const blank = /^[\s"'|>]*(?:-\s+)?["']?$/u;

/** The engine's output is cut as Helm cuts it, after what Go prints for no value is gone. */
function objectsOf(file: TracedText): TracedObject[] {
  const printed = file.text.replaceAll(noValue, "");
  let from = 0;
  return splitManifests(printed).flatMap((document) => {
    const begin = printed.indexOf(document, from);
    from = begin + document.length;
    return itemsOf(readYaml(document)).map(({ value, path: prefix }): TracedObject => ({
      value,
      sourcesOf: (path) => {
        const place = locateYaml(document, [...prefix, ...path]);
        if (place === undefined) return [];
        const [start, end] = place.end > place.start ? [place.start, place.end] : [place.key, place.start];
        const sources = sourcesIn(file, begin + start, begin + end);
        return sources.length > 0 ? sources : sourcesIn(file, begin + place.key, begin + place.start);
      },
    }));
  });
}

/** What wrote nothing but blanks and quotes is left out. */
function sourcesIn(file: TracedText, start: number, end: number): readonly TextSource[] {
  const range = { start: rawOffset(file.text, start), end: rawOffset(file.text, end) };
  return locateText(file, range).filter(({ written }) => !blank.test(written.replaceAll(noValue, "")));
}

/** Returns the offset in a text of an offset in what is left of it without `<no value>`. */
function rawOffset(text: string, offset: number): number {
  let raw = offset;
  for (let at = text.indexOf(noValue); at >= 0 && at <= raw; at = text.indexOf(noValue, at + noValue.length))
    raw += noValue.length;
  return raw;
}

/** The objects of a list count one by one. */
function itemsOf(value: JsonValue): { readonly value: JsonValue; readonly path: readonly (string | number)[] }[] {
  if (!isJsonObject(value)) return [];
  const { items } = value;
  if (!Array.isArray(items)) return [{ value, path: [] }];
  return items.map((item: JsonValue, index) => ({ value: item, path: ["items", index] }));
}
