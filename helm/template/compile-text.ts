import { compileBody } from "./compile-statement.ts";
import type { CompiledBody, CompiledTemplate } from "./compiled-template.ts";
import type { ParsedTemplate } from "./nodes.ts";
import { parseTemplate } from "./parse-template.ts";
import type { TemplateSettings } from "./template-set.ts";

/** Returns a parsed template that compiles itself when it is first run. */
function compiledTemplate(
  parsed: ParsedTemplate,
  { functions, tracer }: Pick<TemplateSettings, "functions" | "tracer">,
): CompiledTemplate {
  let body: CompiledBody | undefined;
  return {
    parsed,
    body: () => {
      body ??= compileBody(parsed.root, functions, tracer);
      return body;
    },
  };
}

/** Returns the templates of a text. Throws `TemplateParseError`. */
export function compileText(
  source: { readonly name: string; readonly text: string },
  settings: TemplateSettings,
): readonly CompiledTemplate[] {
  const { functions, delimiters } = settings;
  const parsed = parseTemplate(source, { delimiters, hasFunction: (name) => functions.has(name) });
  return parsed.map((template) => compiledTemplate(template, settings));
}
