import { ChartError } from "../../helm/chart/chart-error.ts";
import { normalKubeVersion } from "../../helm/chart/default-capabilities.ts";

/** Returns the version that `--kube-version` names, with its `v`; undefined without one. Throws `ChartError`. */
export function readKubeVersion(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (normalKubeVersion(text) === undefined) {
    throw new ChartError("values", `invalid kube version '${text}': could not parse "${text}" as version`);
  }
  return text.startsWith("v") ? text : `v${text}`;
}
