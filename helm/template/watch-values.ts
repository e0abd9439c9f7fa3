import { type GoMap, type GoValue, isGoMap } from "./go-value.ts";

/** Something that a statement read of what a chart is rendered with. */
export interface ValueRead {
  readonly object: "Values" | "Release" | "Chart";
  /** Place of the chart whose template or scope it is: `web/charts/db`. */
  readonly chart: string;
  /** Below the object; of values from those of the root chart on: `db.image.tag`. */
  readonly path: readonly (string | number)[];
  /** What was there; undefined where nothing is. */
  readonly value: GoValue;
}

/** Hears of each read. */
export type ReadListener = (read: ValueRead) => void;

type Origin = Pick<ValueRead, "object" | "chart" | "path">;

const watched = new WeakSet<object>();

/**
 * Makes the values, release and chart that a template file is given tell when they are read: their maps stay the maps that
 * they are, of the same types, which is what templates see of them.
 */
export function watchScope(file: string, scope: GoValue, heard: ReadListener): void {
  if (!isGoMap(scope)) return;
  const end = file.indexOf("/templates/");
  const chart = end < 0 ? file : file.slice(0, end);
  const inValues = chart.split("/charts/").slice(1);
  for (const object of ["Values", "Release", "Chart"] as const) {
    watch(scope.get(object), { object, chart, path: object === "Values" ? inValues : [] }, heard);
  }
}

function watch(value: GoValue, origin: Origin, heard: ReadListener): void {
  const below = (key: string | number): Origin => ({ ...origin, path: [...origin.path, key] });
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) watch(item, below(index), heard);
    return;
  }
  if (!isGoMap(value) || watched.has(value)) return;
  watched.add(value);
  for (const [key, item] of value) watch(item, below(key), heard);
  listen(value, origin, heard);
}

/** A map that is found in another is not read yet; one that is gone through is read whole. */
function listen(map: GoMap, origin: Origin, heard: ReadListener): void {
  const { get, entries, keys, values, forEach } = map;
  const whole = (): void => heard({ ...origin, value: map });
  const own = {
    get: (key: string): GoValue => {
      const value = get.call(map, key);
      if (!isGoMap(value)) heard({ ...origin, path: [...origin.path, key], value });
      return value;
    },
    entries: () => (whole(), entries.call(map)),
    keys: () => (whole(), keys.call(map)),
    values: () => (whole(), values.call(map)),
    forEach: (visit: (value: GoValue, key: string, map: GoMap) => void) => (whole(), forEach.call(map, visit)),
    [Symbol.iterator]: () => (whole(), entries.call(map)),
  };
  for (const name of [...Object.keys(own), Symbol.iterator] as const)
    Object.defineProperty(map, name, { value: Reflect.get(own, name), configurable: true });
}
