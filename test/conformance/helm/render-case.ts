import { helmBuild } from "../../../helm/chart/default-capabilities.ts";
import { describeTemplateError } from "../../../helm/functions/describe-template-error.ts";
import { createCapabilities } from "../../../helm/functions/objects/capabilities.ts";
import { ChartFiles } from "../../../helm/functions/objects/chart-files.ts";
import { ValuesMap } from "../../../helm/functions/objects/values-map.ts";
import { fromPlainValue } from "../../../helm/functions/plain-value.ts";
import { helmFunctions } from "../../../helm/functions/registry.ts";
import { compileTemplates, startRun } from "../../../helm/template/compile-template.ts";
import { toBytes } from "../../../helm/template/go-string.ts";
import { type GoValue, goInt, isGoMap } from "../../../helm/template/go-value.ts";
import { TemplateExecError, TemplateLimitError, TemplateParseError } from "../../../helm/template/template-error.ts";

/** Templates to render together and what they see. */
export interface CaseChart {
  /** Texts by name; the partial of number 3 is `templates/_case-3.tpl`. */
  readonly cases: readonly string[];
  readonly values: unknown;
  /** Files that are no templates. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** What a case came to: its bytes in base 64, or how it failed. */
export type CaseResult = { readonly base64: string } | { readonly fault: string };

/** Returns the path that a case's template has in the chart. */
export function casePath(index: number): string {
  return `templates/_case-${index}.tpl`;
}

/** Returns each case rendered by our engine, in a run of its own. */
export function renderCases(chart: CaseChart): CaseResult[] {
  return chart.cases.map((text, index) => renderCase(chart, { text, index }));
}

function renderCase(chart: CaseChart, one: { readonly text: string; readonly index: number }): CaseResult {
  const name = `c/${casePath(one.index)}`;
  try {
    const set = compileTemplates([{ name, text: one.text }], { functions: helmFunctions, missingKey: "zero" });
    const text = startRun(set, { limits: { cpuMs: 5000 } }).execute(name, context(chart));
    return { base64: Buffer.from(toBytes(text)).toString("base64") };
  } catch (error) {
    const isKnown = error instanceof TemplateExecError || error instanceof TemplateParseError;
    if (!isKnown && !(error instanceof TemplateLimitError)) throw error;
    return { fault: describeTemplateError(error) };
  }
}

function context(chart: CaseChart): GoValue {
  const values = fromPlainValue(chart.values);
  const release: [string, GoValue][] = [
    ["Name", "rel"],
    ["Namespace", "ns"],
    ["IsInstall", true],
    ["IsUpgrade", false],
    ["Revision", goInt(1)],
    ["Service", "Helm"],
  ];
  const files = Object.entries(chart.files ?? {}).map(([path, content]): [string, Uint8Array] => [
    path,
    typeof content === "string" ? Buffer.from(content) : content,
  ]);
  return new ValuesMap([
    ["Values", new ValuesMap(isGoMap(values) ? values : [])],
    ["Release", new Map(release)],
    ["Files", new ChartFiles(files)],
    [
      "Capabilities",
      createCapabilities({ kubeVersion: "v1.36.3", apiVersions: ["v1", "apps/v1", "x.io/v1/Kind"], helm }),
    ],
    [
      "Template",
      new ValuesMap([
        ["Name", "c/templates/out.yaml"],
        ["BasePath", "c/templates"],
      ]),
    ],
  ]);
}

const helm = helmBuild;
