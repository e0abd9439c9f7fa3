import { parse, TomlDate, TomlError } from "smol-toml";
import { fn, type GoFunction } from "../template/go-function.ts";
import { type GoMap, GoPanic, type GoValue, goInt64, isGoMap, typedSlice } from "../template/go-value.ts";
import { nanosPer } from "./dates/go-duration.ts";
import { fromNanos } from "./dates/go-time.ts";
import { fixedZone, utc } from "./dates/time-zone.ts";
import { findTomlFault } from "./toml-fault.ts";
import { printToml } from "./toml-text.ts";

const dateLike = /\d{4}-\d\d-\d\d/;

function fromToml(value: unknown): GoValue {
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") {
    if (BigInt.asIntN(64, value) !== value) throw new GoPanic(`${value} is out of range for int64`);
    return goInt64(value);
  }
  if (value instanceof TomlDate) return fromDate(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => fromToml(item));
    return items.length > 0 && items.every((item) => isGoMap(item))
      ? typedSlice("[]map[string]interface {}", items)
      : items;
  }
  const map: GoMap = new Map();
  if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) map.set(key, fromToml(member));
  }
  return map;
}

function fromDate(date: TomlDate): GoValue {
  const text = date.toISOString();
  const nanos = BigInt(date.getTime()) * nanosPer.millisecond;
  const offset = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (offset === null) return fromNanos(nanos, utc);
  const seconds = (Number(offset[2]) * 60 + Number(offset[3])) * 60;
  return fromNanos(nanos, fixedZone("", offset[1] === "-" ? -seconds : seconds));
}

function parseToml(given: string): GoValue {
  const text = given.replace(/^\ufeff/, "");
  try {
    const value = fromToml(parse(text, { integersAsBigInt: true }));
    // The 30th of February is one to this reader.
    const fault = dateLike.test(text) ? findTomlFault(text) : undefined;
    return fault === undefined ? value : new Map([["Error", fault]]);
  } catch (error) {
    if (!(error instanceof TomlError) && !(error instanceof GoPanic)) throw error;
    const line = error instanceof TomlError ? error.line : 1;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    return new Map([["Error", findTomlFault(text) ?? `toml: line ${line}: ${reason}`]]);
  }
}

function refuseNil(value: GoValue): void {
  if (value === null) throw new GoPanic("reflect: call of reflect.Value.Type on zero Value");
}

/** TOML; errors of `toToml` are its text, those of `fromToml` stand under `Error`. */
export const tomlFunctions: Readonly<Record<string, GoFunction>> = {
  toToml: fn(["any"], (value) => {
    refuseNil(value);
    try {
      return printToml(value);
    } catch (error) {
      if (error instanceof GoPanic) return error.message;
      throw error;
    }
  }),
  mustToToml: fn(["any"], (value) => {
    refuseNil(value);
    return printToml(value);
  }),
  fromToml: fn(["string"], parseToml),
};
