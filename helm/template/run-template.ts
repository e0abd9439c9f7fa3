import type { CompiledTemplate } from "./compiled-template.ts";
import { account, Frame, limitError } from "./frame.ts";
import { GoPanic, type GoValue } from "./go-value.ts";
import { quoteString } from "./quote-string.ts";
import { isRepeatable } from "./is-repeatable.ts";
import { countBytes } from "./run-cost.ts";
import type { Scope } from "./scope.ts";
import { TemplateExecError } from "./template-error.ts";
import { findTemplate } from "./template-set.ts";

/** Runs a template with its own variables and returns what it wrote. Nil data counts as none. */
export function runNested(scope: Scope, template: CompiledTemplate, data: GoValue): string {
  const { run } = scope;
  const frame = new Frame(scope, template.parsed.name, data === null ? undefined : data);
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
  const { set, run } = scope;
  const { name } = template.parsed;
  if (!(data instanceof Map) || set.parent !== undefined || run.options.onRefusal !== undefined) {
    return runNested(scope, template, data);
  }
  const last = run.written.get(name);
  if (last?.data === data && last.changes === run.changes) {
    countBytes(run, last.text.length);
    return last.text;
  }
  const text = runNested(scope, template, data);
  if (isRepeatable(set, name)) run.written.set(name, { data, changes: run.changes, text });
  return text;
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
