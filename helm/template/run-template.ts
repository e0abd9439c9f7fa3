import type { CompiledTemplate } from "./compiled-template.ts";
import { account, Frame, limitError } from "./frame.ts";
import { GoPanic, type GoValue, TypedMap } from "./go-value.ts";
import { quoteString } from "./quote-string.ts";
import type { MapReads } from "./map-reads.ts";
import { madeText, recalledText, type TextPieces } from "./remembered-text.ts";
import { countBytes } from "./run-cost.ts";
import type { Scope } from "./scope.ts";
import { TemplateExecError } from "./template-error.ts";
import { findTemplate } from "./template-set.ts";

/** A template and the data that it is run with; nil data counts as none. */
interface TemplateCall {
  readonly template: CompiledTemplate;
  readonly data: GoValue;
  readonly pieces?: TextPieces;
}

/** Runs a template with its own variables and returns what it wrote. */
export function runNested(scope: Scope, { template, data, pieces }: TemplateCall): string {
  const { run } = scope;
  const frame = new Frame(scope, template.parsed.name, data === null ? undefined : data);
  frame.pieces = pieces;
  if (++run.depth > run.limits.depth) {
    if (scope instanceof Frame) frame.node = scope.node;
    throw limitError(frame, "depth", `more than ${run.limits.depth} templates within templates`);
  }
  const body = template.body();
  if (body.variables > 1) frame.variables.length = body.variables;
  body.run(frame, frame.variables[0]);
  run.depth--;
  account(frame, frame.out.length);
  return frame.out;
}

/**
 * Returns what a template writes; where it must be the same as the last time, it is not run again: most charts include the
 * same names and labels in each of their files.
 */
export function runRemembered(scope: Scope, template: CompiledTemplate, data: GoValue): string {
  const { run } = scope;
  const { memory, changes } = run;
  if (!(data instanceof Map) || !mayRemember(scope)) return runNested(scope, { template, data });
  if (memory.isActive && data instanceof TypedMap && data.reads !== undefined) {
    const known = data.reads.texts.get(template);
    const recalled = known === undefined ? undefined : recalledText(run, known);
    return recalled ?? makeWatched(scope, { template, data, reads: data.reads, isFile: false });
  }
  const { name } = template.parsed;
  const last = run.written.get(name);
  if (last?.data === data && last.changes === changes) {
    countBytes(run, last.text.length);
    for (const read of last.reads) memory.trail.push(read);
    return last.text;
  }
  const { text, remembered } = madeText(run, { isFile: false }, () => runNested(scope, { template, data }));
  if (remembered !== undefined && run.changes === changes) {
    run.written.set(name, { data, changes, text, reads: remembered.reads });
  }
  return text;
}

/** Returns what a template file writes, where nothing that it reads has changed since the last render. */
export function recalledFile(scope: Scope, template: CompiledTemplate, data: GoValue): string | undefined {
  const { memory } = scope.run;
  memory.trail.length = 0;
  const known = memory.isActive ? watchedReads(scope, data)?.texts.get(template.parsed) : undefined;
  return known === undefined ? undefined : recalledText(scope.run, known);
}

/** Runs a template file and returns what it writes. */
export function runFile(scope: Scope, template: CompiledTemplate, data: GoValue): string {
  const reads = scope.run.memory.isActive ? watchedReads(scope, data) : undefined;
  if (reads === undefined) return runNested(scope, { template, data });
  return makeWatched(scope, { template, data, reads, isFile: true });
}

function watchedReads(scope: Scope, data: GoValue): MapReads | undefined {
  return data instanceof TypedMap && mayRemember(scope) ? data.reads : undefined;
}

interface WatchedCall extends TemplateCall {
  /** What is noted of the data. */
  readonly reads: MapReads;
  readonly isFile: boolean;
}

function makeWatched(scope: Scope, { template, data, reads, isFile }: WatchedCall): string {
  const { run } = scope;
  const maker = isFile ? template.parsed : template;
  const pieces = reads.piecesOf(maker);
  const { text, remembered } = madeText(run, { isFile, pieces }, () => runNested(scope, { template, data, pieces }));
  if (remembered !== undefined && run.memory.isActive) reads.texts.set(maker, remembered);
  return text;
}

/**
 * Returns whether texts may be used again in a scope: those of `tpl` can have definitions of their own, a trace wants to see
 * all of it run, and who hears of refusals wants to hear them each time.
 */
export function mayRemember({ set, run }: Scope): boolean {
  return set.parent === undefined && run.options.onRefusal === undefined && set.settings.tracer === undefined;
}

/** How often Helm lets a name be included within itself. */
const maxIncludes = 1000;

/** Returns what the named template writes: Helm's `include`. */
export function includeTemplate(scope: Scope, name: string, data: GoValue): string {
  const { included } = scope.run;
  const active = included.get(name) ?? 0;
  if (active > maxIncludes) {
    throw new GoPanic(`rendering template has a nested reference name: ${name}: unable to execute template`);
  }
  included.set(name, active + 1);
  const template = findTemplate(scope.set, name);
  if (template === undefined) {
    throw new TemplateExecError(
      `template: no template ${quoteString(name)} associated with template ${quoteString(rootName)}`,
    );
  }
  const text = runRemembered(scope, template, data);
  included.set(name, active);
  return text;
}

/** The name of the template that Helm starts from; texts of `tpl` have it, too. */
export const rootName = "gotpl";
