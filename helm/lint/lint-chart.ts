import type { ChartFolder } from "./chart-folder.ts";
import { chartfileRules } from "./chartfile-rules.ts";
import { crdRules } from "./crd-rules.ts";
import { dependencyRules } from "./dependency-rules.ts";
import type { LintMessage } from "./lint-message.ts";
import { type LintRequest, templateRules } from "./template-rules.ts";
import { valuesRules } from "./values-rules.ts";

/** Returns everything that `helm lint` finds in a chart, in its order. */
export function lintChart(folder: ChartFolder, request: LintRequest): LintMessage[] {
  return [
    ...chartfileRules(folder),
    ...valuesRules(folder, request.values, request),
    ...templateRules(folder, request),
    ...dependencyRules(folder),
    ...crdRules(folder),
  ];
}
