import { CostExceeded } from "../template/run-cost.ts";
import { TemplateLimitError } from "../template/template-error.ts";
import { ChartError } from "./chart-error.ts";

/** Does a part of a render outside of templates. A limit that it passes ends as a `ChartError` that says what took so much. */
export function withinLimits<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CostExceeded)) throw error;
    const message = `${what} takes ${error.message}`;
    throw new ChartError("render", message, new TemplateLimitError(error.limit, message));
  }
}
