import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { formatFloat } from "../template/format-float.ts";
import { fromBytes } from "../template/go-string.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { type ChartMetadata, checkMetadata, readDependencies, readMetadata } from "./chart-metadata.ts";
import { type ChartLock, readLock } from "./dependencies/chart-lock.ts";
import { readValues } from "./chart-values.ts";
import { readArchive } from "./read-archive.ts";
import { readYaml, yamlFault } from "./read-yaml.ts";

const maxDepth = 20;

/**
 * Returns the chart that files make, its subcharts in `charts/` unpacked or packed (Helm: `LoadFiles`). Throws `ChartError`
 * with Helm's words.
 */
export function loadChart(files: readonly ChartFile[]): Chart {
  return loadAt(files, 0);
}

/** Returns the chart in a `.tgz`. Throws `ChartError`; Helm has words of its own for one without a Chart.yaml. */
export function loadChartArchive(bytes: Uint8Array): Chart {
  const files = readArchive(bytes);
  if (files.some(({ name }) => name === "Chart.yaml")) return loadAt(files, 0);
  throw new ChartError("load", "unable to detect chart version, no Chart.yaml found");
}

function loadAt(all: readonly ChartFile[], depth: number): Chart {
  if (depth > maxDepth) throw new ChartError("load", `charts are nested deeper than ${maxDepth} levels`);
  const files = all.map(({ name, data }) => ({ name, data: withoutMark(data) }));
  const warnings: string[] = [];
  const metadata = metadataOf(files, warnings);
  if (metadata === undefined) throw new ChartError("load", "Chart.yaml file is missing");
  const values = textOf(files, "values.yaml");
  const readDefaults = () => (values === undefined ? new Map() : readValues(values));
  const lock = lockOf(files);
  const chart = {
    metadata,
    lock,
    values: reading("values.yaml", readDefaults),
    valuesText: values,
    templates: files.filter(({ name }) => name.startsWith("templates/")),
    files: files.filter(({ name }) => isOther(name, metadata)),
    schema: textOf(files, "values.schema.json"),
  };
  checkMetadata(metadata);
  const dependencies = loadSubcharts(files, { name: metadata.name, depth });
  return { ...chart, dependencies, warnings };
}

function metadataOf(files: readonly ChartFile[], warnings: string[]): ChartMetadata | undefined {
  const own = textOf(files, "Chart.yaml");
  const requirements = textOf(files, "requirements.yaml");
  if (own === undefined && requirements === undefined) return undefined;
  const ownValue = own === undefined ? null : reading("Chart.yaml", () => withFloatTexts(own, readYaml(own)));
  const read = reading("Chart.yaml", () => readMetadata(ownValue));
  const metadata = own !== undefined && read.apiVersion === "" ? { ...read, apiVersion: "v1" } : read;
  if (requirements === undefined) return metadata;
  if (metadata.apiVersion !== "v1") {
    warnings.push(
      'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
    );
  }
  return reading("requirements.yaml", () => {
    const value = readYaml(requirements);
    const dependencies = readDependencies(value);
    if (!isJsonObject(value) || dependencies === undefined) return metadata;
    return { ...metadata, dependencies: readDependencies(overEntries(ownValue, value)) };
  });
}

/** Go writes a number with a point or an exponent as a float where a text is wanted: `72445e2` is `7.2445e+06`. */
function withFloatTexts(text: string, value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const floats = [...text.matchAll(/^(\w+):[ \t]+[-+]?[\d_]*(?:\.\d*|\.?\d*[eE][-+]?\d+)[ \t]*(?:#.*)?\r?$/gm)].flatMap(
    ([, key = ""]): [string, JsonValue][] => {
      const number = value[key];
      return typeof number === "number" ? [[key, formatFloat(number, "g")]] : [];
    },
  );
  return floats.length === 0 ? value : { ...value, ...Object.fromEntries(floats) };
}

/** Go reads the second list into the entries of the first: what an entry leaves out stays as Chart.yaml has it. */
function overEntries(own: JsonValue, over: JsonObject): JsonValue {
  const [first, second] = [own, over].map((value) => (isJsonObject(value) ? value["dependencies"] : undefined));
  if (!Array.isArray(first) || !Array.isArray(second)) return over;
  const dependencies = second.map((entry: JsonValue, index): JsonValue => {
    const before: JsonValue = first[index] ?? null;
    return isJsonObject(entry) && isJsonObject(before) ? { ...before, ...entry } : entry;
  });
  return { dependencies };
}

/** Where both files are there, the older form counts, as in Helm. */
function lockOf(files: readonly ChartFile[]): ChartLock | undefined {
  const found = ["Chart.lock", "requirements.lock"].map((file) => {
    const text = textOf(files, file);
    return text === undefined ? undefined : reading(file, () => readLock(readYaml(text)));
  });
  return found.findLast((lock) => lock !== undefined);
}

function isOther(name: string, metadata: ChartMetadata): boolean {
  if (name === "requirements.yaml" || name === "requirements.lock") return metadata.apiVersion === "v1";
  if (["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json"].includes(name)) return false;
  if (name.startsWith("templates/")) return false;
  return !name.startsWith("charts/") || name.endsWith(".prov");
}

interface Parent {
  readonly name: string;
  readonly depth: number;
}

function loadSubcharts(files: readonly ChartFile[], parent: Parent): Chart[] {
  const groups = Map.groupBy(
    files
      .filter(({ name }) => name.startsWith("charts/") && !name.endsWith(".prov"))
      .map(({ name, data }) => ({ name: name.slice("charts/".length), data })),
    ({ name }) => name.split("/", 1)[0] ?? "",
  );
  return [...groups]
    .filter(([name]) => !/^[_.]/.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => {
      try {
        const chart = loadAt(subchartFiles(name, group, parent), parent.depth + 1);
        return { ...chart, folder: `charts/${name}` };
      } catch (error) {
        if (!(error instanceof ChartError)) throw error;
        throw new ChartError("load", `error unpacking subchart ${name} in ${parent.name}: ${error.message}`, error);
      }
    });
}

function subchartFiles(name: string, group: readonly ChartFile[], parent: Parent): ChartFile[] {
  const [first] = group;
  if (!name.endsWith(".tgz") || first === undefined) {
    return group
      .filter((file) => file.name.includes("/"))
      .map((file) => ({ name: file.name.slice(name.length + 1), data: file.data }));
  }
  if (first.name === name) return readArchive(first.data);
  throw new ChartError("load", `error unpacking subchart tar in ${parent.name}: expected ${name}, got ${first.name}`);
}

/** Runs a read of one file; what is wrong in its YAML is worded as `cannot load FILE: …`. */
function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    const what = file === "values.yaml" ? `cannot unmarshal yaml document: ${fault}` : fault;
    throw new ChartError("load", `cannot load ${file}: ${what}`, error);
  }
}

function textOf(files: readonly ChartFile[], name: string): string | undefined {
  const file = files.findLast((candidate) => candidate.name === name);
  return file === undefined ? undefined : fromBytes(file.data);
}

function withoutMark(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}
