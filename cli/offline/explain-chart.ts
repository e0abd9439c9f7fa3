import { positionAt } from "../../codec/text-position.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import type { TextSource } from "../../helm/template/locate-text.ts";
import { nodeText } from "../../helm/template/node-text.ts";
import type { StatementNode } from "../../helm/template/nodes.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import type { TracedSpan } from "../../helm/template/render-trace.ts";
import type { TracedObject } from "../../shared/render/chart/trace-chart.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import type { ExplainStep, OptionPath } from "./explain-option.ts";
import { type ExplainedChart, explainValue, folderOf } from "./explain-value.ts";
import { type Field, matchReads } from "./match-reads.ts";
import { valueAt } from "./explain-option.ts";

/** Statements shown of a field that is a map or a list. */
const maxSources = 20;
/** Statements of a field up to which their values are told, too. */
const maxWithValues = 8;
const maxShownText = 100;

/**
 * Returns the steps by which a field of an object came out of a chart: the values that its templates read and where those
 * were set, then the templates' lines, from the innermost partial to the file; none where the object has no such field.
 */
export function explainChart(object: TracedObject, path: OptionPath, chart: ExplainedChart): readonly ExplainStep[] {
  const value = valueAt(object.value, path);
  if (value === undefined) return [];
  const all = object.sourcesOf(path);
  const sources = relevantSources(all, value);
  const explained: Explained = { field: { path, value }, all, chart, hasValues: sources.length <= maxWithValues };
  const steps = distinctSteps(sources.flatMap((source) => sourceSteps(source, explained)));
  const last = steps.at(-1);
  return last === undefined ? [] : [...steps.slice(0, -1), { ...last, value }];
}

/** Literal text counts where it is all that there is, or a word of a partial; of a map or list where it begins. */
function relevantSources(sources: readonly TextSource[], value: JsonValue): readonly TextSource[] {
  const telling = sources.filter(
    ({ chain, written }) => chain.at(-1)?.node.type !== "text" || (chain.length > 1 && /\w/u.test(written)),
  );
  const isWhole = isJsonObject(value) || Array.isArray(value);
  if (!isWhole) return telling.length === 0 ? sources.slice(0, 1) : telling;
  const [first] = sources;
  const rest = telling.filter((source) => source !== first);
  return (first === undefined ? rest : [first, ...rest]).slice(0, maxSources);
}

interface Explained {
  readonly field: Field;
  /** All that wrote something of the field. */
  readonly all: readonly TextSource[];
  readonly chart: ExplainedChart;
  /** Whether values are told: where many statements wrote it, their lines alone are. */
  readonly hasValues: boolean;
}

/** A step that is told where it comes up first, or, of statements, where it comes up last. */
interface Told {
  readonly step: ExplainStep;
  readonly isStatement: boolean;
}

function sourceSteps(source: TextSource, { field, all, chart, hasValues }: Explained): Told[] {
  const { chain, offset } = source;
  const used = hasValues ? matchReads(source, field) : [];
  const values = used.flatMap((one) => explainValue(one, chart));
  const givers = [...new Set(used.flatMap(({ giver }) => giver ?? []))];
  const given = givers.map((giver): ExplainStep => ({ ...statementStep(giver, giver.node.pos, chart), handsOn: true }));
  const statements = chain.map((span, index) => {
    const own = all.filter((one) => one.chain.at(-1) === span);
    const part = (own.length > 0 ? own : all.filter((one) => one.chain.includes(span))).map(({ written }) => written);
    const at = index === chain.length - 1 ? offset : span.node.pos;
    return { ...statementStep(span, at, chart), value: part.join("").trim() };
  });
  return [
    ...values.map((step) => ({ step, isStatement: false })),
    ...[...given, ...statements.toReversed()].map((step) => ({ step, isStatement: true })),
  ];
}

function statementStep({ node, template }: TracedSpan, at: number, chart: ExplainedChart): ExplainStep {
  const { source } = node;
  const { line, column } = positionAt(source.text, at);
  const isOfValue = template === "gotpl";
  const name = isOfValue
    ? "text run by tpl"
    : template === source.name
      ? "template"
      : `template ${quoteString(template)}`;
  const position: SourcePosition = isOfValue ? {} : { file: fileOf(source.name, chart), line, column };
  return { rule: node.type === "text" ? `${name}: its text` : `${name}: ${shorten(headOf(node))}`, position };
}

/** An action as it is written; of a block only how it begins. */
function headOf(node: StatementNode): string {
  if (node.type === "with" || node.type === "range" || node.type === "if")
    return `{{${node.type} ${nodeText(node.pipe)}}}`;
  return nodeText(node);
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return line.length <= maxShownText ? line : `${line.slice(0, maxShownText - 1)}…`;
}

/** `web/charts/db/templates/x.yaml` is a name in the release: folders are called as they like. */
function fileOf(name: string, chart: ExplainedChart): string {
  const at = name.indexOf("/templates/");
  const folder = at < 0 ? "" : folderOf(name.slice(0, at), chart);
  const inside = at < 0 ? name : name.slice(at + 1);
  return chart.positionOf(folder === "" ? inside : `${folder}/${inside}`);
}

function distinctSteps(told: readonly Told[]): readonly ExplainStep[] {
  const seen = new Map<string, ExplainStep>();
  for (const { step, isStatement } of told) {
    const { rule, position } = step;
    const key = [rule, position.file, position.line, position.column].join("\n");
    if (isStatement) seen.delete(key);
    if (!seen.has(key)) seen.set(key, step);
  }
  return [...seen.values()];
}
