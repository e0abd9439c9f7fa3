import type { GoMap } from "../template/go-value.ts";
import { isGoMap } from "../template/go-value.ts";
import { typeName } from "../template/go-type.ts";
import { toPlainValue } from "../functions/plain-value.ts";
import type { Chart } from "./chart.ts";
import { ChartError } from "./chart-error.ts";
import { schemaFaults } from "./schema-validator.ts";
import { withinLimits } from "./within-limits.ts";

/**
 * Checks values against the values.schema.json of a chart and of its subcharts (Helm: `ValidateAgainstSchema`). Throws
 * `ChartError` that lists every chart whose schema refuses them.
 */
export function validateValues(chart: Chart, values: GoMap): void {
  const faults = withinLimits("the check of values by values.schema.json", () => faultsOf(chart, values));
  if (faults === "") return;
  throw new ChartError(
    "values",
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${faults}`,
  );
}

function faultsOf(chart: Chart, values: GoMap): string {
  const own = chart.schema === undefined ? "" : schemaFaults(chart.schema, toPlainValue(values));
  const head = own === "" ? "" : `${chart.metadata.name}:\n${own}`;
  const below = chart.dependencies.map((child) => {
    const { name } = child.metadata;
    const under = values.get(name);
    if (under === undefined || under === null) return "";
    if (isGoMap(under)) return faultsOf(child, under);
    return `${name}:\ninvalid type for values: expected object (map), got ${typeName(under)}\n`;
  });
  return head + below.join("");
}
