import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseFirstYaml, type YamlDocument } from "../../codec/parse-yaml.ts";
import type { TextPosition } from "../../codec/text-position.ts";
import type { Chart } from "./chart.ts";
import { readImport } from "./import-values.ts";

/** A place in the values.yaml of a chart or subchart that has a default of a value. */
export interface DefaultPlace extends TextPosition {
  /** From the root chart's folder on: `charts/db/values.yaml`. */
  readonly file: string;
  readonly value: JsonValue;
}

type ValuePath = readonly (string | number)[];

const noPosition: TextPosition = { line: 1, column: 1 };

/**
 * Returns where the values.yaml files of a chart, as `renderChart` returns it, have a value at a path of the root chart's
 * values (`db.image.tag`), the one that decides last: a parent's counts more than its subchart's, a global's most.
 */
export function findDefaults(chart: Chart, path: ValuePath, folder = ""): readonly DefaultPlace[] {
  const [first, ...rest] = path;
  const place = (file: string): string => (folder === "" ? file : `${folder}/${file}`);
  const below = chart.dependencies.flatMap((child) => {
    const inside = place(child.folder ?? `charts/${child.metadata.name}`);
    const imported = importsOf(chart, child).flatMap(({ from, to }) => {
      const isBelow = to.every((key, index) => path[index] === key);
      return isBelow ? findDefaults(child, [...from, ...path.slice(to.length)], inside) : [];
    });
    return [...imported, ...(first === child.metadata.name ? findDefaults(child, rest, inside) : [])];
  });
  const isGlobalOfChild = rest[0] === "global" && chart.dependencies.some(({ metadata }) => metadata.name === first);
  const shared = isGlobalOfChild ? findDefaults({ ...chart, dependencies: [] }, rest, folder) : [];
  return [...below, ...ownDefault(chart, path, place("values.yaml")), ...shared];
}

function ownDefault({ valuesText }: Chart, path: ValuePath, file: string): DefaultPlace[] {
  const document: YamlDocument | undefined = valuesText === undefined ? undefined : parseFirstYaml(valuesText);
  const value = path.reduce<JsonValue | undefined>((at, key) => {
    if (Array.isArray(at)) return (at as readonly JsonValue[])[Number(key)];
    return isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, document?.value);
  return value === undefined ? [] : [{ file, ...(document?.positionOf(path) ?? noPosition), value }];
}

/** What `import-values` takes from a subchart to where. */
function importsOf(chart: Chart, child: Chart): { readonly from: string[]; readonly to: string[] }[] {
  const entry = chart.metadata.dependencies?.find((one) => one?.name === child.metadata.name);
  return (entry?.importValues ?? []).map(readImport).map(({ child: from, parent: to }) => ({
    from: from.split("."),
    to: to.split(".").filter((key) => key !== ""),
  }));
}
