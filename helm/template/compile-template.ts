import type { CompiledTemplate } from "./compiled-template.ts";
import { compileText } from "./compile-text.ts";
import { Frame, limitFailure } from "./frame.ts";
import type { FunctionTable } from "./go-function.ts";
import type { GoValue } from "./go-value.ts";
import { isEmptyList } from "./nodes.ts";
import { quoteString } from "./quote-string.ts";
import type { StatementTracer } from "./render-trace.ts";
import { createRun, withRun } from "./run-cost.ts";
import { recalledFile, rootName, runFile } from "./run-template.ts";
import type { ExecuteOptions, Run } from "./scope.ts";
import { TemplateExecError } from "./template-error.ts";
import { createTextCache, findTemplate, type MissingKey, type TemplateSet } from "./template-set.ts";
import type { Delimiters } from "./tokens.ts";

/** A text to compile; its name is that of the template and the one that errors show. */
export interface TemplateFile {
  readonly name: string;
  readonly text: string;
}

/** What templates are compiled with. */
export interface CompileOptions {
  /** The functions, Go's own among them: `helmFunctions` of `functions/registry.ts`. */
  readonly functions: FunctionTable;
  /** `{{` and `}}` unless given. */
  readonly delimiters?: Delimiters;
  /** What a missing map key gives; `default` unless given (Helm uses `zero`, in strict mode `error`). */
  readonly missingKey?: MissingKey;
  /** Told of all that runs; see `createTrace`. */
  readonly tracer?: StatementTracer | undefined;
}

/**
 * Compiles files that can see one another's definitions. Of two definitions of a name the later wins, unless it is empty.
 * The result depends on nothing but its arguments, and can be run any number of times. Throws `TemplateParseError`.
 */
export function compileTemplates(files: readonly TemplateFile[], options: CompileOptions): TemplateSet {
  const settings = {
    functions: options.functions,
    delimiters: options.delimiters ?? { left: "{{", right: "}}" },
    missingKey: options.missingKey ?? "default",
    tracer: options.tracer,
  } as const;
  const templates = new Map<string, CompiledTemplate>();
  for (const file of files) {
    for (const template of compileText(file, settings)) {
      const { name, root } = template.parsed;
      if (!templates.has(name) || !isEmptyList(root)) templates.set(name, template);
    }
  }
  return { settings, templates, parent: undefined, texts: createTextCache() };
}

/** A started run: execute several templates in it and they share its limits and random source. */
export interface TemplateRun {
  /**
   * Returns what the named template writes; `prepare` is called ahead, unless its text is known already. Throws
   * `TemplateExecError` or `TemplateLimitError`.
   */
  readonly execute: (name: string, data: GoValue, prepare?: () => void) => string;
}

/** Starts a run over a set of templates, or goes on with one; its time limit counts from where it was created. */
export function startRun(set: TemplateSet, options: ExecuteOptions = {}, run: Run = createRun(options)): TemplateRun {
  return {
    execute: (name, data, prepare) => {
      const template = findTemplate(set, name);
      if (template === undefined) {
        throw new TemplateExecError(
          `template: no template ${quoteString(name)} associated with template ${quoteString(rootName)}`,
        );
      }
      try {
        const recalled = recalledFile({ set, run, templateName: name }, template, data);
        if (recalled !== undefined) return recalled;
        prepare?.();
        run.written.clear();
        const scope = new Frame({ set, run }, name, data);
        return withRun(run, () => runFile(scope, template, data));
      } catch (error) {
        throw limitFailure(new Frame({ set, run }, name, data), error) ?? error;
      }
    },
  };
}

/** Returns what the named template writes with the given data. Throws `TemplateExecError` or `TemplateLimitError`. */
export function executeTemplate(
  set: TemplateSet,
  name: string,
  input: { readonly data: GoValue; readonly options?: ExecuteOptions },
): string {
  return startRun(set, input.options).execute(name, input.data);
}
