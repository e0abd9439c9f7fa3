import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { toPlainValue } from "../../helm/functions/plain-value.ts";
import type { TextSource } from "../../helm/template/locate-text.ts";
import type { TracedSpan } from "../../helm/template/render-trace.ts";
import type { ValueRead } from "../../helm/template/watch-values.ts";
import { asJson } from "./target-view.ts";
import { type OptionPath, valueAt } from "./explain-option.ts";

/** A value that a template read, down to the member that is meant. */
export interface UsedValue extends Pick<ValueRead, "object" | "chart" | "path"> {
  /** Undefined where nothing is. */
  readonly value: JsonValue | undefined;
  /** The assignment, `with` or `range` that read it for the statement; undefined where the statement did. */
  readonly giver: TracedSpan | undefined;
}

/** A field of an object as it was rendered. */
export interface Field {
  readonly path: OptionPath;
  readonly value: JsonValue;
}

const maxGivers = 5;
const maxShown = 6;

/**
 * Returns the values that a statement made its part of a field of: those that are the same, else those that are a part of
 * it or that it is a part of, else all that it read, since what its functions do with them cannot be told.
 */
export function matchReads({ chain, written }: TextSource, field: Field): readonly UsedValue[] {
  const own = chain.at(-1);
  if (own === undefined) return [];
  const text = { written: unquoted(written), field };
  const [caller] = chain.slice(-2, -1);
  const isOfValue = own.template === "gotpl" && caller !== undefined;
  const template = isOfValue ? textReads(readsOf(caller), own.node.source.text) : [];
  if (own.node.type === "text") return template;
  const near = levelsOf(own);
  const far = chain.slice(0, -1).toReversed().flatMap(levelsOf);
  const levels = [...near, ...far];
  const same = levels.map((reads) => sameReads(reads, text)).find((reads) => reads.length > 0);
  if (same !== undefined) return distinct([...template, ...same]);
  const parts = [near.flat(), ...far].map((reads) => partReads(reads, text)).find((reads) => reads.length > 0);
  if (parts !== undefined) return distinct([...template, ...parts]);
  const all = levels.find((reads) => reads.length > 0) ?? [];
  return distinct([...template, ...all]).slice(0, maxShown);
}

function levelsOf(span: TracedSpan): readonly (readonly UsedValue[])[] {
  return [readsOf(span), ...giversOf(span)];
}

/** What a statement and the templates within it read. */
function readsOf(span: TracedSpan, giver?: TracedSpan): readonly UsedValue[] {
  const own = span.reads.map(({ object, chart, path, value }): UsedValue => {
    const plain = value === undefined || value === null ? undefined : asJson({ value: toPlainValue(value) })["value"];
    return { object, chart, path, value: plain, giver };
  });
  const inner = span.runs.flatMap((run) => run.spans.flatMap((one) => readsOf(one, giver)));
  return [...own, ...inner];
}

/** What was read for its variables and its dot, by nearness. */
function giversOf(span: TracedSpan): readonly (readonly UsedValue[])[] {
  const levels: (readonly UsedValue[])[] = [];
  let givers = span.givers;
  while (givers.length > 0 && levels.length < maxGivers) {
    levels.push(givers.flatMap((giver) => readsOf(giver, giver)));
    givers = givers.flatMap((giver) => giver.givers);
  }
  return levels;
}

interface Wanted {
  readonly written: string;
  readonly field: Field;
}

/** Those that a text was taken from, whole or in part. */
function textReads(reads: readonly UsedValue[], text: string): readonly UsedValue[] {
  const wanted = { written: text, field: { path: [], value: text } };
  const same = sameReads(reads, wanted);
  return distinct(same.length > 0 ? same : partReads(reads, wanted));
}

/** Those that are what was written, or hold it. */
function sameReads(reads: readonly UsedValue[], wanted: Wanted): readonly UsedValue[] {
  const texts = new Set([wanted.written, printed(wanted.field.value)]);
  return reads.flatMap((read) => {
    if (typeof read.value === "object") return memberIn(read, wanted);
    return read.value !== undefined && texts.has(printed(read.value)) ? [read] : [];
  });
}

/** Those that are a part of what was written, or that it is a part of. */
function partReads(reads: readonly UsedValue[], { written }: Wanted): readonly UsedValue[] {
  return reads.filter(({ value }) => {
    const text = value === undefined || typeof value === "object" ? "" : printed(value);
    return text.length > 1 && (written.includes(text) || (written.length > 1 && text.includes(written)));
  });
}

/** The member of a map or list that became the field: by the end of its path, else the first that is written the same. */
function memberIn(read: UsedValue, { written, field }: Wanted): readonly UsedValue[] {
  if (read.value === undefined) return [];
  for (let cut = 0; cut <= field.path.length; cut += 1) {
    const rest = field.path.slice(cut);
    const value = valueAt(read.value, rest);
    if (value !== undefined && stableJson(value) === stableJson(field.value))
      return [{ ...read, path: [...read.path, ...rest], value }];
  }
  const first = scalarsIn(read.value).find(
    ({ path, value }) => printed(value) === written || String(path.at(-1)) === written,
  );
  return first === undefined ? [] : [{ ...read, path: [...read.path, ...first.path], value: first.value }];
}

function scalarsIn(value: JsonValue): Field[] {
  if (typeof value !== "object" || value === null) return [{ path: [], value }];
  const members = isJsonObject(value) ? Object.entries(value) : [...value.entries()];
  return members.flatMap(([key, member]) =>
    scalarsIn(member).map((found) => ({ path: [key, ...found.path], value: found.value })),
  );
}

function distinct(reads: readonly UsedValue[]): readonly UsedValue[] {
  return [...new Map(reads.map((read) => [[read.object, ...read.path].join("\n"), read])).values()];
}

function printed(value: JsonValue): string {
  return typeof value === "string" ? value : stableJson(value);
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/su, "$2");
}
