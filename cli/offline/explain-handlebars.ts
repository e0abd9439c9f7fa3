import type { SourcePosition } from "../../shared/errors.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import { templateContext } from "../../shared/render/handlebars/template-context.ts";
import { traceHandlebars } from "../../shared/render/handlebars/trace-handlebars.ts";
import { type RawFile, readText } from "../../shared/render/raw/read-text.ts";
import type { RenderInput } from "../../shared/render/render-with.ts";
import { type ExplainStep, explainOption, valueAt } from "./explain-option.ts";
import { shownValue } from "./explain-value.ts";
import type { Targeted } from "./target-all.ts";

/** Where in a Handlebars template a part of a file comes from. */
export interface HandlebarsPlace {
  readonly rule: string;
  readonly position: SourcePosition;
  /** Offsets in the file that was printed. */
  readonly range: { readonly start: number; readonly end: number };
  /** The expressions that printed it, as they are written. */
  readonly expressions: readonly string[];
}

/** Returns the place in the template that a file was printed by; undefined where it is no template's. */
export function explainHandlebars(
  input: RenderInput,
  file: RawFile,
  range: HandlebarsPlace["range"],
): HandlebarsPlace | undefined {
  const { handlebars } = input.options;
  const resource = input.content.resources.find(({ name }) => name === `${file.name}.hbs`);
  if (handlebars === undefined || resource === undefined) return undefined;
  const parts = traceHandlebars(readText(resource), handlebars, templateContext(input));
  let start = 0;
  const placed = parts.map((part) => {
    const own = { ...part, start, end: start + part.text.length };
    start = own.end;
    return own;
  });
  const inside = placed.filter((part) => part.start < range.end && part.end > range.start);
  const printed = inside.filter(({ expression }) => expression !== undefined);
  const [first] = printed.length > 0 ? printed : inside;
  if (first === undefined) return undefined;
  const skipped = first.text.slice(0, Math.max(range.start - first.start, 0)).split("\n");
  const isText = first.expression === undefined;
  const line = isText ? first.line + skipped.length - 1 : first.line;
  const tail = skipped.at(-1)?.length ?? 0;
  const column = isText ? (skipped.length === 1 ? first.column + tail : tail + 1) : first.column;
  const expressions = [...new Set(printed.flatMap(({ expression }) => expression ?? []))];
  const rule = isText ? "text of the template" : `template ${expressions.join(" ")}`;
  return { rule, position: { file: resource.name, line, column }, range, expressions };
}

/** Returns where what expressions name from the top (`Values.a.b`, `Cluster.Labels.env`) was set; the last step decides. */
export function explainExpressions(
  targeted: Targeted,
  tree: RepoTree,
  { input, expressions }: { readonly input: RenderInput; readonly expressions: readonly string[] },
): readonly ExplainStep[] {
  const context = templateContext(input);
  const names = expressions.flatMap((text) => text.match(/\b(?:Values|Cluster|Release|Bundle)(?:\.[\w-]+)+/gu) ?? []);
  return [...new Set(names)].flatMap((name): readonly ExplainStep[] => {
    const [object = "", ...path] = name.split(".");
    const value = valueAt(context, [object, ...path]);
    if (object === "Values") {
      const steps = (["handlebars", "helm"] as const).flatMap((option) =>
        explainOption(targeted, tree, [option, "values", ...path]),
      );
      if (steps.length > 0) return steps.map((step) => ({ ...step, rule: `${name}: ${step.rule}` }));
    }
    const rule =
      object === "Cluster" ? "of the cluster" : object === "Values" ? "nothing sets it" : "of the deployment";
    return [{ rule: `${name}: ${rule}`, position: {}, ...shownValue(value) }];
  });
}
