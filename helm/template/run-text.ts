import { compileText } from "./compile-text.ts";
import type { CompiledTemplate } from "./compiled-template.ts";
import type { GoValue } from "./go-value.ts";
import { isEmptyList } from "./nodes.ts";
import { spendSteps } from "./run-cost.ts";
import { rootName, runNested } from "./run-template.ts";
import type { Scope } from "./scope.ts";
import { findTemplate, type TemplateSet } from "./template-set.ts";

/** Compiling takes longer than reading. */
const stepsPerCharacter = 4;

/**
 * Runs a text as a template that sees all templates of the scope, and returns what it writes: Helm's `tpl`. What the text
 * defines is seen by itself and what it includes only. Throws `TemplateParseError` and `TemplateExecError`.
 */
export function runText(scope: Scope, text: string, data: GoValue): string {
  const { set } = scope;
  let templates = set.texts.get(text);
  if (templates === undefined) {
    spendSteps(text.length * stepsPerCharacter);
    templates = compileText({ name: rootName, text }, set.settings);
    set.texts.set(text, templates);
  }
  const main = templates.find((template) => template.parsed.name === rootName);
  if (main === undefined) return "";
  return runNested(templates.length === 1 ? scope : withDefinitions(scope, templates), { template: main, data });
}

/** Returns a scope with what a text defines on top; empty definitions do not hide those of the scope. */
function withDefinitions(scope: Scope, templates: readonly CompiledTemplate[]): Scope {
  const own = new Map<string, CompiledTemplate>();
  for (const template of templates) {
    const { name, root } = template.parsed;
    const hides = !isEmptyList(root) || findTemplate(scope.set, name) === undefined;
    if (name !== rootName && hides) own.set(name, template);
  }
  const set: TemplateSet = { ...scope.set, templates: own, parent: scope.set };
  return { set, run: scope.run, templateName: scope.templateName };
}
