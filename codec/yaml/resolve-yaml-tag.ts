import { isGoTimestamp } from "../is-go-timestamp.ts";
import { type YamlScalar, resolveYamlScalar } from "./resolve-yaml-scalar.ts";

/** What go-yaml calls the type that a text would have without a tag. */
const goTypes = { null: "null", bool: "bool", int: "int", float: "float", string: "str" } as const;

const standard = "tag:yaml.org,2002:";

/**
 * Returns what a scalar with an explicit tag means to go-yaml v2, or the reason why it refuses it. Unknown tags and `!`
 * make strings; `!!binary` is decoded.
 */
export function resolveYamlTag(
  tag: string,
  text: string,
): YamlScalar | { readonly type: "refused"; readonly reason: string; readonly go: string } {
  const name = tag.startsWith(standard) ? tag.slice(standard.length) : "";
  const refused = {
    type: "refused",
    reason: `cannot read ${JSON.stringify(text)} as !!${name}`,
    go: `yaml: cannot decode !!${goTypes[resolveYamlScalar(text).type]} \`${text}\` as a !!${name}`,
  } as const;
  switch (name) {
    case "binary":
      return (
        decodeBinary(text) ?? {
          ...refused,
          reason: "!!binary value is not base64",
          go: "yaml: !!binary value contains invalid base64 data",
        }
      );
    case "timestamp":
      return isGoTimestamp(text) ? { type: "string", value: text } : refused;
    case "int":
    case "bool":
    case "null":
    case "float": {
      const scalar = resolveYamlScalar(text);
      if (scalar.type === name) return scalar;
      const isFloat = name === "float" && scalar.type === "int";
      return isFloat ? { type: "float", value: Number(scalar.value) } : refused;
    }
    default:
      return { type: "string", value: text };
  }
}

function decodeBinary(text: string): YamlScalar | undefined {
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  const bytes = Uint8Array.from(atob(compact), (char) => char.charCodeAt(0));
  return { type: "string", value: new TextDecoder().decode(bytes) };
}
