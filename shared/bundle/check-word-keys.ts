import { type JsonValue, isJsonObject } from "../../codec/json-value.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { SourcePosition } from "../errors.ts";
import type { ValuePath } from "./decode-lenient.ts";
import type { BundleWarning } from "./warning.ts";

const word = /^(?:y|yes|on|n|no|off)(?=[ \t]*:)/iu;

/** Warns of keys of helm values such as `on` and `y`: YAML 1.1 takes them for booleans, so that a chart sees `true` and `false`. */
export function checkWordKeys(
  options: FleetYaml,
  file: { readonly text: string; readonly locate: (path: ValuePath) => SourcePosition },
): BundleWarning[] {
  const entries: { readonly values: JsonValue | undefined; readonly path: ValuePath }[] = [
    { values: options.helm?.values, path: ["helm", "values"] },
    ...(["targets", "targetCustomizations"] as const).flatMap((list) =>
      (options[list] ?? []).map(({ helm }, index) => ({ values: helm?.values, path: [list, index, "helm", "values"] })),
    ),
  ];
  const paths = entries.flatMap(({ values, path }) => booleanKeys(values, path));
  if (paths.length === 0) return [];
  const lines = file.text.split("\n");
  return paths.flatMap((path): BundleWarning[] => {
    const position = file.locate(path);
    const written = word.exec((lines[(position.line ?? 1) - 1] ?? "").slice((position.column ?? 1) - 1))?.[0];
    if (written === undefined) return [];
    const message = `the key ${written} is a boolean in YAML 1.1, so that the chart gets the key "${String(path.at(-1))}"; put it in quotes`;
    return [{ code: "KEY_UNKNOWN", message, position }];
  });
}

function booleanKeys(value: JsonValue | undefined, path: ValuePath): ValuePath[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => booleanKeys(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, key];
    return [...(key === "true" || key === "false" ? [at] : []), ...booleanKeys(item, at)];
  });
}
