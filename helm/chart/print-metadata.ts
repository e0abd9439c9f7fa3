import { printGoYaml } from "../../codec/print-go-yaml.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import type { ChartMetadata } from "./chart-metadata.ts";

/** Returns what a Chart.yaml says as Helm prints it: keys sorted, what is empty left out. */
export function printMetadata(metadata: ChartMetadata): string {
  const { annotations, maintainers, dependencies, ...rest } = metadata;
  const people = maintainers.flatMap((one) => (one === undefined ? [] : [withoutEmpty({ ...one })]));
  const entries = (dependencies ?? []).flatMap((entry) => {
    if (entry === undefined) return [];
    const { name, repository, importValues, ...more } = entry;
    return [{ name, repository, ...withoutEmpty({ ...more, "import-values": importValues }) }];
  });
  const shown = {
    ...rest,
    annotations: Object.fromEntries(annotations ?? []),
    maintainers: people,
    dependencies: entries,
  };
  return printGoYaml(withoutEmpty(shown));
}

function withoutEmpty(object: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: JsonValue): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === false || value === null;
}
