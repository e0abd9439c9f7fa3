import type { JsonObject } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { joinPath, type RepoTree } from "../../shared/bundle/repo-tree.ts";
import { type TracedChart, traceChart } from "../../shared/render/chart/trace-chart.ts";
import { detectStyle, type RenderStyle } from "../../shared/render/detect-style.ts";
import { selectRawFiles } from "../../shared/render/raw/select-raw-files.ts";
import { chartInput, prepareFiles, type RenderInput } from "../../shared/render/render-with.ts";
import { explainChart } from "./explain-chart.ts";
import { explainExpressions } from "./explain-handlebars.ts";
import { explainKustomize, nameBefore } from "./explain-kustomize.ts";
import { type ExplainStep, valueAt } from "./explain-option.ts";
import { explainPlacement } from "./explain-placement.ts";
import { explainRaw } from "./explain-raw.ts";
import { isNamed, type ObjectField } from "./object-name.ts";
import type { Targeted } from "./target-all.ts";

/** What explaining a field of an object needs besides its bundle. */
export interface ExplainSources {
  readonly tree: RepoTree;
  readonly input: RenderInput;
  /** The object as the cluster gets it. */
  readonly rendered: JsonObject;
  /** The bundle's chart, or the chart that its `templates/` are; undefined where it has neither. */
  readonly traced: TracedChart | undefined;
}

/** Returns a bundle's chart rendered with a trace; undefined where it has none. Throws what rendering throws. */
export function traceBundle(input: RenderInput): TracedChart | undefined {
  const { chartDir, kustomizeDir } = styleOf(input);
  if (chartDir !== undefined) return traceChart(chartInput(input, chartDir));
  if (kustomizeDir !== undefined) return undefined;
  const { templates } = selectRawFiles(prepareFiles(input));
  const files = templates.map(({ name, text }) => ({ name, content: text }));
  return files.length === 0 ? undefined : traceChart({ ...chartInput(input, ""), files });
}

/** Returns the steps by which a field of a rendered object came about, the last of which decides. */
export function explainObject(
  targeted: Targeted,
  { wanted: asked, path }: ObjectField,
  sources: ExplainSources,
): readonly ExplainStep[] {
  const { tree, input, rendered } = sources;
  const { kustomizeDir } = styleOf(input);
  const value = valueAt(rendered, path);
  // Objects of one name in two namespaces are told apart, unless namespaces are given to them only later.
  const isPlaced = kustomizeDir === undefined && input.options.namespace === undefined;
  const namespace = isPlaced ? valueAt(rendered, ["metadata", "namespace"]) : undefined;
  const wanted = { ...asked, namespace: typeof namespace === "string" ? namespace : undefined };
  const field = { wanted, path };
  const made = chartSteps(targeted, field, sources);
  const { dir } = targeted.assembled;
  const before =
    kustomizeDir === undefined
      ? (made ?? plainSteps(targeted, field, sources))
      : [
          ...(made ?? []),
          ...explainKustomize(input.content, kustomizeDir, {
            ...field,
            rendered,
            before: made?.at(-1)?.value,
          }).map((step) => placed(step, dir.path)),
        ];
  return [...before, ...explainPlacement(targeted, tree, { rendered, path, value, before })];
}

function styleOf({ content, options }: RenderInput): RenderStyle {
  return detectStyle(
    content.resources.map(({ name }) => name),
    options,
  );
}

function plainSteps(targeted: Targeted, field: ObjectField, { tree, input }: ExplainSources): readonly ExplainStep[] {
  const { steps, template } = explainRaw(input, field);
  const { dir } = targeted.assembled;
  const expressions = template?.expressions ?? [];
  return [
    ...explainExpressions(targeted, tree, { input, expressions }),
    ...steps.map((step) => placed(step, dir.path)),
  ];
}

/** Files count from the root of the repository. */
function placed(step: ExplainStep, dir: string): ExplainStep {
  const { file } = step.position;
  return file === undefined ? step : { ...step, position: { ...step.position, file: joinPath(dir, file) } };
}

/** Undefined where no chart makes the object. */
function chartSteps(
  targeted: Targeted,
  { wanted, path }: ObjectField,
  { tree, input, rendered, traced }: ExplainSources,
): readonly ExplainStep[] | undefined {
  if (traced === undefined) return undefined;
  const value = valueAt(rendered, path);
  const { chartDir = "", kustomizeDir } = styleOf(input);
  const before =
    kustomizeDir === undefined ? wanted : nameBefore(input.content, kustomizeDir, { wanted, path, rendered });
  const named = traced.objects.filter((object) => isNamed(object.value, before));
  const object = named.find((one) => stableJson(valueAt(one.value, path) ?? null) === stableJson(value ?? null));
  const found = object ?? named[0];
  if (found === undefined) return undefined;
  const prefix = chartDir === "" ? "" : `${chartDir}/`;
  const { name, version } = traced.chart.metadata;
  const { dir } = targeted.assembled;
  const inRepository = chartDir === "" ? dir.path : joinPath(dir.path, chartDir);
  const shown = chartDir.startsWith(".chart/") ? `${name}-${version}.tgz` : inRepository;
  return explainChart(found, path, { targeted, tree, traced, prefix, positionOf: (file) => joinPath(shown, file) });
}
