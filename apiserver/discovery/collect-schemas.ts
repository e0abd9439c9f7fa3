import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { KindSchema, OpenApiSchema } from "../resources/open-api-schema.ts";
import type { ServedResource } from "../resources/resource-definition.ts";

const ownPrefix = "#/components/schemas/";

/** Returns the name of a kind's schema: its group in reverse, version and kind, as custom resources are named. */
export function schemaName({ names }: ServedResource): string {
  const group = names.group === "" ? ["core"] : names.group.split(".").toReversed();
  return [...group, names.version, names.kind].join(".");
}

/** Returns the schemas of kinds and everything that they refer to, by name, with references below `prefix`. */
export function collectSchemas(resources: readonly ServedResource[], prefix: string): JsonObject {
  const collected = new Map<string, JsonValue>();
  for (const resource of resources) {
    const { group, version, kind } = resource.names;
    const { schema } = resource;
    const root: OpenApiSchema = schema?.root ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const named = { ...root, "x-kubernetes-group-version-kind": [{ group, version, kind }] };
    collected.set(schemaName(resource), copySchema(named, { schema, collected, prefix }));
  }
  return Object.fromEntries([...collected].sort(([left], [right]) => (left < right ? -1 : 1)));
}

interface Collecting {
  readonly schema: KindSchema | undefined;
  readonly collected: Map<string, JsonValue>;
  readonly prefix: string;
}

/** Copies a schema as JSON, without our own extensions, and collects what it refers to on the way. */
function copySchema(value: unknown, collecting: Collecting): JsonValue {
  if (Array.isArray(value)) return value.map((item) => copySchema(item, collecting));
  if (typeof value === "object" && value !== null) return copyObject(value, collecting);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function copyObject(value: object, collecting: Collecting): JsonObject {
  const entries = Object.entries(value)
    .filter(([name, item]) => item !== undefined && !name.startsWith("x-go-"))
    .map(([name, item]): [string, JsonValue] => {
      if (name === "$ref" && typeof item === "string") return [name, copyReference(item, collecting)];
      return [name, copySchema(item, collecting)];
    });
  return Object.fromEntries(entries);
}

function copyReference(reference: string, collecting: Collecting): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const { schema, collected, prefix } = collecting;
  if (!collected.has(name) && schema !== undefined) {
    // Entered before its content is read: schemas such as JSONSchemaProps refer to themselves.
    collected.set(name, {});
    const target = copySchema(schema.registry.resolve({ $ref: `${ownPrefix}${name}` }), collecting);
    collected.set(name, isJsonObject(target) ? target : {});
  }
  return `${prefix}${name}`;
}
