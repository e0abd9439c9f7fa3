import { type GoMap, type GoValue, isGoMap } from "../template/go-value.ts";
import { printValue } from "../template/print-value.ts";
import { sprintf } from "../template/printf.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { copyValues } from "./chart-values.ts";

/** How values are put together: merging keeps nulls, coalescing lets them delete defaults. */
interface Coalescing {
  readonly merge: boolean;
  readonly warn: (message: string) => void;
}

const globalKey = "global";

/**
 * Returns values over the defaults of a chart and its subcharts: maps merged, the rest replaced, null deletes a default
 * (Helm: `CoalesceValues`). Throws `ChartError` where a subchart's values are no map.
 */
export function coalesceValues(chart: Chart, values: GoMap, warn: (message: string) => void = () => {}): GoMap {
  return coalesce(chart, copyValues(values), { path: "", merge: false, warn });
}

/** Returns the same with nulls kept (Helm: `MergeValues`). */
export function mergeValues(chart: Chart, values: GoMap): GoMap {
  return coalesce(chart, copyValues(values), { path: "", merge: true, warn: () => {} });
}

interface Place extends Coalescing {
  readonly path: string;
}

function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function coalesce(chart: Chart, dest: GoMap, place: Place): GoMap {
  addDefaults(chart, dest, place);
  const below = { ...place, path: joinPath(place.path, chart.metadata.name) };
  for (const child of chart.dependencies) {
    const { name } = child.metadata;
    const own = dest.get(name) ?? (dest.has(name) ? null : new Map());
    if (!isGoMap(own)) throw new ChartError("values", sprintf("type mismatch on %s: %t", [name, own]));
    addGlobals(own, dest, below);
    dest.set(name, coalesce(child, own, below));
  }
  return dest;
}

function addDefaults(chart: Chart, values: GoMap, place: Place): void {
  const path = joinPath(place.path, chart.metadata.name);
  for (const [key, standard] of copyValues(chart.values)) {
    if (!values.has(key)) {
      if (!place.merge && standard === null) continue;
      if (!place.merge && isGoMap(standard)) dropNulls(standard);
      values.set(key, standard);
      continue;
    }
    const value = values.get(key);
    if ((value === null || value === undefined) && !place.merge) {
      values.delete(key);
    } else if (isGoMap(value)) {
      if (!isGoMap(standard)) {
        if (standard !== null) place.warn(`warning: skipped value for ${path}.${key}: Not a table.`);
        continue;
      }
      const merge = place.merge || chart.dependencies.some((child) => child.metadata.name === key);
      if (!merge) dropNulls(standard);
      coalesceTables(value, standard, { ...place, path: joinPath(path, key), merge });
    }
  }
}

function addGlobals(dest: GoMap, source: GoMap, place: Place): void {
  const destGlobals = dest.get(globalKey) ?? (dest.has(globalKey) ? null : new Map());
  if (!isGoMap(destGlobals)) {
    place.warn("warning: skipping globals because destination global is not a table.");
    return;
  }
  const sourceGlobals = source.get(globalKey) ?? (source.has(globalKey) ? null : new Map());
  if (!isGoMap(sourceGlobals)) {
    place.warn("warning: skipping globals because source global is not a table.");
    return;
  }
  for (const [key, value] of sourceGlobals) {
    const own = destGlobals.get(key);
    if (isGoMap(value)) {
      const copy: GoMap = new Map(value);
      if (!destGlobals.has(key)) {
        destGlobals.set(key, copy);
      } else if (isGoMap(own)) {
        coalesceTables(copy, own, { ...place, path: joinPath(place.path, key), merge: true });
        destGlobals.set(key, copy);
      } else {
        place.warn(`Conflict: cannot merge map onto non-map for "${key}". Skipping.`);
      }
    } else if (isGoMap(own)) {
      place.warn(`key ${key} is table. Skipping`);
    } else {
      destGlobals.set(key, value);
    }
  }
  dest.set(globalKey, destGlobals);
}

/** Merges the second map into the first, which wins, and returns it; both change (Helm: `CoalesceTables`). */
export function coalesceTables(dest: GoMap, source: GoMap, place: Place = keepNothing): GoMap {
  const withValue = new Set([...source].filter(([, value]) => !isNil(value)).map(([key]) => key));
  for (const [key, value] of dest) if (isNil(value)) source.set(key, null);
  for (const [key, value] of source) {
    const path = joinPath(place.path, key);
    const own = dest.get(key);
    if (!dest.has(key)) {
      dest.set(key, value);
    } else if (!place.merge && isNil(own) && withValue.has(key)) {
      dest.delete(key);
    } else if (isGoMap(value)) {
      if (isGoMap(own)) coalesceTables(own, value, { ...place, path });
      else place.warn(`warning: cannot overwrite table with non table for ${path} (${printValue(value)})`);
    } else if (isGoMap(own) && !isNil(value)) {
      place.warn(`warning: destination for ${path} is a table. Ignoring non-table value (${printValue(value)})`);
    }
  }
  return dest;
}

/** Merges the second map into the first, which wins, nulls kept (Helm: `MergeTables`). */
export function mergeTables(dest: GoMap, source: GoMap): GoMap {
  return coalesceTables(dest, source, { ...keepNothing, merge: true });
}

const keepNothing: Place = { path: "", merge: false, warn: () => {} };

function isNil(value: GoValue): boolean {
  return value === null || value === undefined;
}

function dropNulls(map: GoMap): void {
  for (const [key, value] of map) {
    if (isNil(value)) map.delete(key);
    else if (isGoMap(value)) dropNulls(value);
  }
}
