import { type GoFunction, scoped, steady } from "../template/go-function.ts";

import { quoteString } from "../template/quote-string.ts";
import { includeTemplate } from "../template/run-template.ts";
import { runText } from "../template/run-text.ts";
import type { Scope } from "../template/scope.ts";
import { TemplateExecError, TemplateParseError } from "../template/template-error.ts";
import type { GoValue } from "../template/go-value.ts";
import { ChartRefusal } from "./chart-refusal.ts";

/** Helm's `tpl`: as text between, what Go prints for no value is nothing. */
function tpl(scope: Scope, text: string, data: GoValue): string {
  if (!text.includes(scope.set.settings.delimiters.left)) return text.replaceAll("<no value>", "");
  try {
    return runText(scope, text, data).replaceAll("<no value>", "");
  } catch (error) {
    if (error instanceof TemplateParseError) {
      throw new TemplateExecError(`cannot parse template ${quoteString(text)}: ${error.message}`, { cause: error });
    }
    if (!(error instanceof TemplateExecError)) throw error;
    throw new TemplateExecError(`error during tpl function execution for ${quoteString(text)}: ${error.message}`, {
      cause: error,
    });
  }
}

function refuse(scope: Scope, words: string): string {
  const { onRefusal } = scope.run.options;
  if (onRefusal === undefined) throw new ChartRefusal(words);
  onRefusal(words);
  return "";
}

/** Helm's own functions that run templates, refuse values or ask the cluster. */
export const flowFunctions: Readonly<Record<string, GoFunction>> = {
  include: steady(scoped(["string", "any"], includeTemplate)),
  tpl: steady(scoped(["string", "any"], tpl)),
  required: steady(
    scoped(["string", "any"], (scope, message, value) =>
      value === null || value === "" ? refuse(scope, message) : value,
    ),
  ),
  fail: steady(scoped(["string"], refuse)),
  lookup: scoped(["string", "string", "string", "string"], (scope, apiVersion, ...[kind, namespace, name]) => {
    const { lookup } = scope.run.options;
    return lookup === undefined ? new Map() : lookup({ apiVersion, kind, namespace, name });
  }),
  getHostByName: scoped(["string"], (scope, name) => scope.run.options.resolveHost?.(name) ?? ""),
};
