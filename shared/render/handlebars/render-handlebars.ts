import Handlebars from "handlebars";
import type { JsonObject } from "../../../codec/json-value.ts";
import type { HandlebarsOptions } from "../../api/deployment-options.ts";
import { AppError } from "../../errors.ts";
import { collectFaults } from "../collect-faults.ts";
import type { RawFile } from "../raw/read-text.ts";
import { evaluateTemplate } from "./evaluate-template.ts";
import type { TemplateBudget } from "./template-scope.ts";
import { TemplateFault } from "./template-fault.ts";

/** File name ending of templates, and what it becomes. */
const ending = /\.(yaml|yml|json)\.hbs$/;
const maxTemplateCharacters = 1_000_000;

/**
 * Returns the files of a bundle with `x.yaml.hbs` rendered to `x.yaml` (`.yml` and `.json` likewise). Throws
 * `TEMPLATE_FAILED` with file, line and column, and `RENDER_LIMIT` when templates print more than 10 million characters
 * or take more than a million steps.
 */
export function renderHandlebars(
  files: readonly RawFile[],
  options: HandlebarsOptions,
  context: JsonObject,
): RawFile[] {
  const budget = handlebarsBudget();
  const names = new Set(files.map(({ name }) => name));
  return collectFaults(files, (file) => {
    if (!ending.test(file.name)) return file;
    const name = file.name.replace(ending, ".$1");
    if (names.has(name)) throw failed(file.name, { line: 1, column: 1, message: `${name} is there as well` });
    try {
      return {
        name,
        text: evaluateTemplate(parseHandlebars(file), context, { strict: options.strict ?? true, budget }),
      };
    } catch (error) {
      if (error instanceof TemplateFault) throw failed(file.name, error);
      throw error;
    }
  });
}

/** Returns what the templates of a bundle may cost together. */
export function handlebarsBudget(): TemplateBudget {
  return { steps: 1_000_000, characters: 10_000_000 };
}

/** Returns a template's tree. Throws `TemplateFault`. */
export function parseHandlebars(file: RawFile): hbs.AST.Program {
  if (file.text.length > maxTemplateCharacters) {
    throw new TemplateFault(`longer than ${maxTemplateCharacters} characters`, { line: 1, column: 1, isLimit: true });
  }
  try {
    return Handlebars.parse(file.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/ on line (\d+)|(?:^| )(\d+):\d+$/.exec(message)?.slice(1).find(Boolean) ?? 1);
    throw new TemplateFault(`no Handlebars template: ${message.split("\n").at(-1) ?? message}`, { line, column: 1 });
  }
}

function failed(file: string, at: { line: number; column: number; message: string; isLimit?: boolean }): AppError {
  const { line, column, message } = at;
  return new AppError(
    at.isLimit === true ? "RENDER_LIMIT" : "TEMPLATE_FAILED",
    `${file}:${line}:${column}: ${message}`,
    {
      verdict: "stalled",
      position: { file, line, column },
    },
  );
}
