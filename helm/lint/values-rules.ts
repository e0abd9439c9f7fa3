import { FieldReader } from "../chart/read-fields.ts";
import { readYaml, yamlFault } from "../chart/read-yaml.ts";
import { copyValues, valuesOf } from "../chart/chart-values.ts";
import { coalesceTables } from "../chart/coalesce-values.ts";
import { schemaFaults } from "../chart/schema-validator.ts";
import { toPlainValue } from "../functions/plain-value.ts";
import type { GoMap } from "../template/go-value.ts";
import type { ChartFolder } from "./chart-folder.ts";
import { findings, type LintMessage } from "./lint-message.ts";

const file = "values.yaml";

/** Returns what is wrong with a chart's own values.yaml, given values over it (Helm: `rules.ValuesWithOverrides`). */
export function valuesRules(
  folder: ChartFolder,
  given: GoMap,
  options: { readonly skipSchemaValidation: boolean },
): LintMessage[] {
  const entry = folder.find(file);
  if (entry === undefined) return findings("INFO", file, ["file does not exist"]);
  if (entry.kind === "directory") {
    return findings("ERROR", file, [`unable to parse YAML: read ${folder.path}/${file}: is a directory`]);
  }
  const values = readOwn(entry.text);
  if (typeof values === "string") return findings("ERROR", file, [`unable to parse YAML: ${values}`]);
  const schema = folder.find("values.schema.json");
  if (schema?.kind !== "file" || schema.text === "" || options.skipSchemaValidation) return [];
  const fault = schemaFaults(schema.text, toPlainValue(coalesceTables(copyValues(given), values)));
  return findings("ERROR", file, [fault === "" ? undefined : fault]);
}

/** Returns a text that says why they cannot be read. */
function readOwn(text: string): GoMap | string {
  try {
    return valuesOf(new FieldReader("common.Values", readYaml(text)).object);
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    return fault;
  }
}
