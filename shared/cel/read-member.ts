import { CelFault } from "./cel-fault.ts";
import { CelOptional, CelUint, type CelValue, isCelList, isCelMap, typeNameOf } from "./cel-value.ts";
import { keyOf } from "./compare-values.ts";

/** Returns the field of a map; with `optional`, or of an optional, an optional. Throws `CelFault` where it is not there. */
export function readMember(of: CelValue, name: string, optional: boolean): CelValue {
  return readOptionally(of, optional, (value) => {
    const found = isCelMap(value) ? value.get(name) : undefined;
    return found === undefined ? new CelFault(`no such key: ${name}`) : found;
  });
}

/** Returns the item of a list or the entry of a map; with `optional`, or of an optional, an optional. Throws `CelFault`. */
export function readIndex(of: CelValue, key: CelValue, optional: boolean): CelValue {
  return readOptionally(of, optional, (value) => {
    if (isCelList(value)) return readItem(value, key);
    const id = keyOf(key);
    const found = isCelMap(value) && id !== undefined ? value.get(id) : undefined;
    if (found !== undefined) return found;
    return new CelFault(`no such key: ${id === undefined ? typeNameOf(key) : String(id)}`);
  });
}

function readItem(list: readonly CelValue[], key: CelValue): CelValue | CelFault {
  const whole = key instanceof CelUint ? key.value : key;
  if (typeof whole !== "bigint" && !(typeof whole === "number" && Number.isInteger(whole))) {
    throw new CelFault(`unsupported index type '${typeNameOf(key)}' in list`);
  }
  const item = list[Number(whole)];
  return item === undefined ? new CelFault(`index out of bounds: ${whole}`) : item;
}

function readOptionally(of: CelValue, optional: boolean, read: (value: CelValue) => CelValue | CelFault): CelValue {
  if (of instanceof CelOptional && of.value === undefined) return of;
  const found = read(of instanceof CelOptional ? (of.value ?? null) : of);
  const asks = optional || of instanceof CelOptional;
  if (found instanceof CelFault) {
    if (asks) return new CelOptional(undefined);
    throw found;
  }
  return asks ? new CelOptional(found) : found;
}
