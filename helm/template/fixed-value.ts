import { GoInt, type GoMap, type GoValue } from "./go-value.ts";

const maxMembers = 100;

/**
 * Returns a value that stays what it is: itself where nothing can change it, else a copy. `undefined` for no value, for what
 * has a type of its own, and for what holds more than 100 members.
 */
export function fixedValue(value: GoValue): GoValue {
  return fix(value, { left: maxMembers });
}

function fix(value: GoValue, budget: { left: number }): GoValue {
  if (typeof value !== "object" || value === null || value instanceof GoInt) return value;
  if (value.constructor === Map) return fixedMap(value, budget);
  if (value.constructor !== Array) return undefined;
  const items: GoValue[] = [];
  for (const item of value) {
    const fixed = --budget.left < 0 ? undefined : fix(item, budget);
    if (fixed === undefined) return undefined;
    items.push(fixed);
  }
  return items;
}

function fixedMap(map: GoMap, budget: { left: number }): GoValue {
  const copy: GoMap = new Map();
  for (const [key, value] of map) {
    const fixed = --budget.left < 0 ? undefined : fix(value, budget);
    if (fixed === undefined) return undefined;
    copy.set(key, fixed);
  }
  return copy;
}
