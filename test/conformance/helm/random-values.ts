import type { JsonObject, JsonValue } from "../../../codec/json-value.ts";
import type { Dice } from "./dice.ts";

/** Names of charts and of their aliases: keys of values that may mean a subchart. */
export const chartNames = ["a", "b", "c", "al"] as const;

const plainKeys = ["k", "m", "n", "x", "enabled", "on", "data", "exports", "with.dot", "1"] as const;
const scalars: readonly JsonValue[] = ["text", "", "null", "1", 1, 0, -2.5, 1e21, 12345678, true, false, "é\n", "a: b"];

/** Returns values as a chart or a user has them; `depth` levels at most, wrong types and nulls among them. */
export function randomValues(dice: Dice, depth: number): JsonObject {
  const values: Record<string, JsonValue> = {};
  for (let count = dice.below(5); count > 0; count--) values[dice.pick(plainKeys)] = randomValue(dice, depth - 1);
  if (dice.chance(0.4)) values["global"] = dice.chance(0.1) ? randomValue(dice, 0) : randomTable(dice, depth - 1);
  if (dice.chance(0.2)) values["tags"] = { front: dice.chance(0.5), back: dice.pick([true, false, "no", null]) };
  if (dice.chance(0.3)) values["exports"] = { data: randomTable(dice, 1), list: [1], more: randomTable(dice, 2) };
  for (const name of chartNames) {
    if (depth <= 0 || !dice.chance(0.35)) continue;
    values[name] = dice.chance(0.06) ? randomValue(dice, 0) : randomValues(dice, depth - 1);
  }
  return values;
}

function randomTable(dice: Dice, depth: number): JsonObject {
  const table: Record<string, JsonValue> = {};
  for (let count = dice.below(4); count > 0; count--) table[dice.pick(plainKeys)] = randomValue(dice, depth - 1);
  return table;
}

function randomValue(dice: Dice, depth: number): JsonValue {
  if (dice.chance(0.15)) return null;
  if (depth < 0 || dice.chance(0.4)) return dice.pick(scalars);
  if (dice.chance(0.2)) return Array.from({ length: dice.below(3) }, () => randomValue(dice, depth - 1));
  return randomTable(dice, depth);
}

/** Returns words that set values on the command line; files that they name are in `files`. */
export function randomFlags(dice: Dice): string[] {
  return Array.from({ length: dice.pick([0, 0, 1, 2]) }, () => randomFlag(dice)).flat();
}

function randomFlag(dice: Dice): string[] {
  const kind = dice.pick(["--set", "--set", "--set", "--set-string", "--set-json", "--set-literal", "--set-file"]);
  if (kind === "--set-json") {
    return [kind, dice.chance(0.5) ? JSON.stringify(randomValues(dice, 2)) : `${path(dice)}=${json(dice)}`];
  }
  if (kind === "--set-file") return [kind, `${path(dice)}=side.txt`];
  const pairs = Array.from({ length: 1 + dice.below(2) }, () => `${path(dice)}=${dice.pick(texts)}`);
  return [
    kind,
    kind === "--set-literal" ? (pairs[0] ?? "") : pairs.join(",") + (dice.chance(0.04) ? dice.pick(tails) : ""),
  ];
}

const texts = ["null", "1", "true", "", "text", "{p,q}", "{}", "a\\,b", "{1,null,{x}}", "01", "1.50", "[]", '"q"', "x"];

/** Ends of lines, most of them cut off. */
const tails = [",", ",k", ",n.x", ",m[0]", ",m[1].", ",m[", ",m[x]=1", ",x.y=", "{", ",n={a", ",m[0][1]=", ",a.b.="];

function json(dice: Dice): string {
  return JSON.stringify(dice.chance(0.5) ? randomTable(dice, 2) : randomValue(dice, 1));
}

function path(dice: Dice): string {
  const steps = [dice.pick([...chartNames, ...plainKeys, "global", "tags", "exports"])];
  for (let count = dice.pick([0, 0, 1, 1, 2]); count > 0; count--)
    steps.push(dice.pick([...plainKeys, "global", "a", "data"]));
  const written = steps.map((step) => step.replace(".", "\\.") + (dice.chance(0.06) ? `[${dice.below(3)}]` : ""));
  return written.join(".");
}
