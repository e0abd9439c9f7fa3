import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { splitYaml } from "../../codec/split-yaml.ts";
import { FieldReader, FieldTypeError } from "../chart/read-fields.ts";
import { readYaml, yamlFault } from "../chart/read-yaml.ts";

/** What the linter reads of a manifest. */
export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Manifests up to the first one that cannot be read, and what is wrong with that one. */
export interface ManifestHeads {
  readonly heads: readonly ManifestHead[];
  readonly fault: string | undefined;
}

/** Returns the manifests in a text, empty ones left out (Helm reads them with `NewYAMLOrJSONDecoder`). */
export function readManifestHeads(text: string): ManifestHeads {
  const heads: ManifestHead[] = [];
  const { chunks, fault } = chunksOf(text);
  for (const chunk of chunks) {
    try {
      const value = readYaml(chunk);
      if (value !== null) heads.push(headOf(value));
    } catch (error) {
      const reason = yamlFault(error);
      if (reason === undefined) throw error;
      return { heads, fault: reason };
    }
  }
  return { heads, fault };
}

/** A separator with something behind it ends the reading: what stands before it counts. */
function chunksOf(text: string): { readonly chunks: readonly string[]; readonly fault: string | undefined } {
  try {
    return { chunks: splitYaml(text).map((chunk) => chunk.text), fault: undefined };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const lines = text.split("\n");
    const behind = (lines[error.line - 1] ?? "").slice("---".length).trim();
    const before = splitYaml(lines.slice(0, error.line - 1).join("\n")).map((chunk) => chunk.text);
    return { chunks: before.slice(0, -1), fault: `invalid Yaml document separator: ${behind}` };
  }
}

function headOf(value: JsonValue): ManifestHead {
  const fields = new FieldReader("rules.k8sYamlStruct", value);
  const apiVersion = fields.text("apiVersion");
  const kind = fields.text("Kind");
  const [, metadata] = Object.entries(fields.object).find(([key]) => key.toLowerCase() === "metadata") ?? [];
  if (metadata === undefined || metadata === null) return { apiVersion, kind, name: "" };
  if (!isJsonObject(metadata)) {
    const { message } = wrongType(metadata);
    throw new FieldTypeError(message);
  }
  const inner = new FieldReader("rules.k8sYamlMetadata.Metadata", metadata);
  const name = inner.text("Name");
  inner.text("Namespace");
  return { apiVersion, kind, name };
}

function wrongType(metadata: JsonValue): FieldTypeError {
  const kind = Array.isArray(metadata) ? "array" : typeof metadata === "boolean" ? "bool" : typeof metadata;
  return new FieldTypeError(
    `json: cannot unmarshal ${kind === "bigint" ? "number" : kind} into Go struct field k8sYamlStruct.Metadata of type rules.k8sYamlMetadata`,
  );
}
