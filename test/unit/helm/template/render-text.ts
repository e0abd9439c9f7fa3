import { fromPlainValue } from "../../../../helm/functions/plain-value.ts";
import { helmFunctions } from "../../../../helm/functions/registry.ts";
import { type CompileOptions, compileTemplates, executeTemplate } from "../../../../helm/template/compile-template.ts";
import type { ExecuteOptions } from "../../../../helm/template/scope.ts";

/** How a text is compiled and run in these tests. */
export interface RenderOptions extends ExecuteOptions {
  readonly data?: unknown;
  readonly compile?: Partial<CompileOptions>;
}

/** Returns what a template of Helm's functions writes. */
export function renderText(text: string, options: RenderOptions = {}): string {
  const set = compileTemplates([{ name: "t.yaml", text }], {
    functions: helmFunctions,
    missingKey: "zero",
    ...options.compile,
  });
  return executeTemplate(set, "t.yaml", { data: fromPlainValue(options.data ?? {}), options });
}
