import { quoteString } from "../template/quote-string.ts";
import { ChartError } from "./chart-error.ts";

const validName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const maxLength = 53;

/** Throws `ChartError` for a release name that Helm does not accept. */
export function checkReleaseName(name: string): void {
  if (name === "") throw new ChartError("values", 'release name check failed: release name "": no name provided');
  if (name.length <= maxLength && validName.test(name)) return;
  const rule = `must match regex ${validName.source} and the length must not be longer than ${maxLength}`;
  throw new ChartError(
    "values",
    `release name check failed: release name ${quoteString(name)}: invalid release name, ${rule}`,
  );
}
