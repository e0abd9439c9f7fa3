import { ChartError } from "../../helm/chart/chart-error.ts";
import { checkReleaseName } from "../../helm/chart/release-name.ts";
import type { DeploymentOptions } from "../api/deployment-options.ts";
import { AppError } from "../errors.ts";
import { releaseOf } from "./release-of.ts";

/** Throws `CHART_FAILED` for a release name that Helm refuses; Fleet makes a release of every bundle, plain YAML too. */
export function checkRelease(bundle: string, options: DeploymentOptions): void {
  try {
    checkReleaseName(releaseOf(bundle, options).name);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const message = `bundle ${bundle}: ${error.message}; change helm.releaseName`;
    throw new AppError("CHART_FAILED", message, { verdict: "stalled", details: { bundle }, cause: error });
  }
}
