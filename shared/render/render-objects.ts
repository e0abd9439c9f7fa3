import { renderChart } from "./chart/render-chart.ts";
import { type RenderInput, type RenderResult, renderWith } from "./render-with.ts";

export type { RenderInput, RenderResult } from "./render-with.ts";

/**
 * Returns the objects that a bundle means for one cluster, charts rendered. Throws `AppError` with the position in the
 * bundle's files; several faults are one error whose `errors` names each.
 */
export function renderObjects(input: RenderInput): RenderResult {
  return renderWith(input, renderChart);
}
