import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseFirstYaml } from "../../codec/parse-yaml.ts";
import { quoteString } from "../template/quote-string.ts";

/** Fields of a struct; a value says what the items of a list are. */
interface Fields {
  readonly [name: string]: Fields | true;
}

const maintainer: Fields = { name: true, email: true, url: true };
const dependency: Fields = {
  name: true,
  version: true,
  repository: true,
  condition: true,
  tags: true,
  enabled: true,
  "import-values": true,
  alias: true,
};
const metadata: Fields = {
  name: true,
  home: true,
  sources: true,
  version: true,
  description: true,
  keywords: true,
  maintainers: maintainer,
  icon: true,
  apiVersion: true,
  condition: true,
  tags: true,
  appVersion: true,
  deprecated: true,
  annotations: true,
  kubeVersion: true,
  dependencies: dependency,
  type: true,
};

/**
 * Returns what a strict reader says of a Chart.yaml that a lenient one takes: keys given twice, else the first field that
 * nobody knows; undefined when all is known (`yaml.UnmarshalStrict` of sigs.k8s.io/yaml).
 */
export function strictMetadataFault(text: string): string | undefined {
  const document = parseFirstYaml(text);
  if (document === undefined) return undefined;
  if (document.duplicateKeys.length > 0) {
    const lines = document.duplicateKeys.map(
      ({ path, line }) => `  line ${line}: key ${quoteString(String(path.at(-1)))} already set in map`,
    );
    return `error converting YAML to JSON: yaml: unmarshal errors:\n${lines.join("\n")}`;
  }
  const unknown = unknownField(document.value, metadata);
  if (unknown === undefined) return undefined;
  return `error unmarshaling JSON: while decoding JSON: json: unknown field ${quoteString(unknown)}`;
}

/** Keys come sorted, as Go writes a map; a field's case does not matter. */
function unknownField(value: JsonValue, fields: Fields): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const known = new Map(Object.entries(fields).map(([name, below]) => [name.toLowerCase(), below] as const));
  for (const key of Object.keys(value).toSorted()) {
    const below = known.get(key.toLowerCase());
    if (below === undefined) return key;
    const members = value[key];
    if (below === true || !Array.isArray(members)) continue;
    for (const item of members) {
      const found = unknownField(item, below);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
