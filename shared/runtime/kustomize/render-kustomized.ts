import { finishKustomize, prepareKustomize } from "../../render/chart/kustomize-chart.ts";
import { renderChart } from "../../render/chart/render-chart.ts";
import { type RenderInput, type RenderResult, renderObjects } from "../../render/render-objects.ts";
import type { KustomizeRenderer } from "./kustomize.ts";

/** Returns the objects of a bundle like `renderObjects`, a kustomization over its chart run by kustomize. Throws `KUSTOMIZE_…` too. */
export async function renderKustomized(input: RenderInput, kustomize: KustomizeRenderer): Promise<RenderResult> {
  const prepared = prepareKustomize(input, renderChart);
  if (prepared === undefined) return renderObjects(input);
  const output = await kustomize.render(prepared);
  return renderObjects({ ...input, kustomized: finishKustomize(prepared, output) });
}
