import type { JsonObject } from "../../../codec/json-value.ts";
import type { HandlebarsOptions } from "../../api/deployment-options.ts";
import type { RawFile } from "../raw/read-text.ts";
import { evaluateTemplate } from "./evaluate-template.ts";
import { handlebarsBudget, parseHandlebars } from "./render-handlebars.ts";

/** A part of what a Handlebars template printed. */
export interface PrintedPart {
  readonly text: string;
  /** Where in the template it comes from; both count from 1. */
  readonly line: number;
  readonly column: number;
  /** The expression that printed it, as it is written; undefined for literal text. */
  readonly expression: string | undefined;
}

/** Returns what a template prints, in parts. Throws what `renderHandlebars` throws for it, without the file's name. */
export function traceHandlebars(
  file: RawFile,
  options: HandlebarsOptions,
  context: JsonObject,
): readonly PrintedPart[] {
  const parts: PrintedPart[] = [];
  const lines = file.text.split("\n");
  const wrote = (node: hbs.AST.Node, text: string): void => {
    const { start, end } = node.loc;
    if (node.type !== "ContentStatement") {
      const within = lines.slice(start.line - 1, end.line).join("\n");
      const expression = within.slice(start.column, within.indexOf("}}", start.column) + 2);
      parts.push({ text, line: start.line, column: start.column + 1, expression });
      return;
    }
    // Blank lines around blocks are taken away: what is left begins further down.
    const original = "original" in node && typeof node.original === "string" ? node.original : text;
    const skipped = original.slice(0, Math.max(original.indexOf(text), 0)).split("\n");
    const column = skipped.length === 1 ? start.column + (skipped[0]?.length ?? 0) : (skipped.at(-1)?.length ?? 0);
    parts.push({ text, line: start.line + skipped.length - 1, column: column + 1, expression: undefined });
  };
  evaluateTemplate(parseHandlebars(file), context, {
    strict: options.strict ?? true,
    budget: handlebarsBudget(),
    wrote,
  });
  return parts;
}
