import type { ContentResource } from "../../api/content.ts";
import type { DeploymentOptions } from "../../api/deployment-options.ts";
import type { KubeObject } from "../../api/meta.ts";
import { AppError } from "../../errors.ts";
import type { ClusterFacts } from "../../protocol/desired-document.ts";

/** What a chart is rendered from. A raw bundle's `templates/` are a chart too, without a Chart.yaml. */
export interface ChartInput {
  readonly bundle: string;
  /** Names are relative to the chart's directory. */
  readonly files: readonly ContentResource[];
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
  readonly kubeVersion: string | undefined;
}

/** Returns the objects of a chart. Throws `CHART_NOT_SUPPORTED`: the Helm engine is not joined to this version yet. */
export function renderChart(input: ChartInput): KubeObject[] {
  const what = input.files.some(({ name }) => name === "Chart.yaml") ? "a Helm chart" : "Helm templates";
  throw new AppError(
    "CHART_NOT_SUPPORTED",
    `bundle ${input.bundle} holds ${what}; charts come with a later version of Drover`,
    { verdict: "stalled", details: { bundle: input.bundle } },
  );
}
