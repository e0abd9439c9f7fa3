import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import type { OpenApiSchema, SchemaDefinitions, SchemaRegistry } from "./open-api-schema.ts";
import { createSchemaRegistry } from "./schema-registry.ts";

// Our own file, written by tools/built-in-kinds/generate.ts and compared with a real server by a test: the shape of
// each schema is not checked again when it is loaded.
const schemas = z.record(
  z.string(),
  z.custom<OpenApiSchema>((value) => typeof value === "object"),
);

let definitions: SchemaDefinitions | undefined;
let registry: SchemaRegistry | undefined;

/** Returns the OpenAPI v3 schemas of all built-in kinds of Kubernetes 1.36 by name; read and unpacked once. */
export function builtInDefinitions(): SchemaDefinitions {
  const file = new URL("data/built-in-schemas.json.zst", import.meta.url);
  definitions ??= schemas.parse(JSON.parse(zstdDecompressSync(readFileSync(file)).toString("utf8")));
  return definitions;
}

/** Returns the registry of all built-in kinds; made once. */
export function builtInSchemas(): SchemaRegistry {
  registry ??= createSchemaRegistry(builtInDefinitions(), { goStructs: true });
  return registry;
}
