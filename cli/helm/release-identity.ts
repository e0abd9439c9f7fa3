import { ChartError } from "../../helm/chart/chart-error.ts";
import { withoutMarks } from "../../helm/functions/chart-refusal.ts";
import { helmFunctions } from "../../helm/functions/registry.ts";
import { compileTemplates, executeTemplate } from "../../helm/template/compile-template.ts";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../../helm/template/template-error.ts";
import { type CommandInput, requiredArgument, switchOption, textOption } from "../command.ts";

/** What the words of `helm template` name. */
export interface ReleaseIdentity {
  readonly name: string;
  /** The chart, as the user wrote it. */
  readonly reference: string;
}

/** Returns name and chart (Helm: `NameAndChart`). Throws `ChartError` with Helm's words. */
export function readReleaseIdentity(input: CommandInput): ReleaseIdentity {
  const first = requiredArgument(input, 0, "CHART");
  const [, second, ...more] = input.arguments;
  if (more.length > 0) {
    throw new ChartError("values", `expected at most two arguments, unexpected arguments: ${more.join(", ")}`);
  }
  const template = textOption(input, "name-template") ?? "";
  if (second === undefined) {
    return { name: template === "" ? "release-name" : writeName(template), reference: first };
  }
  if (switchOption(input, "generate-name")) throw namedTwice("generate-name");
  if (template !== "") throw namedTwice("name-template");
  return { name: first, reference: second };
}

function namedTwice(flag: string): ChartError {
  return new ChartError("values", `cannot set --${flag} and also specify a name`);
}

/** Helm's name templates see sprig's functions and no data; ours see those of charts. */
function writeName(text: string): string {
  const name = "name-template";
  try {
    const set = compileTemplates([{ name, text }], { functions: helmFunctions });
    return executeTemplate(set, name, { data: null });
  } catch (error) {
    const isTheirs = [TemplateExecError, TemplateLimitError, TemplateParseError].some((kind) => error instanceof kind);
    if (!isTheirs || !(error instanceof Error)) throw error;
    throw new ChartError("values", withoutMarks(error.message), error);
  }
}
