import { printGoYaml } from "../../codec/print-go-yaml.ts";
import type { GoValue } from "../template/go-value.ts";
import { toPlainValue } from "./plain-value.ts";

/** Returns a value as Helm's `toYaml`: YAML without the last line break. Throws `GoPanic` for what JSON cannot hold. */
export function yamlText(value: GoValue): string {
  const text = printGoYaml(toPlainValue(value));
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
