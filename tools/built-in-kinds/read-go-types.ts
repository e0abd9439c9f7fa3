import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { OpenApiSchema, SchemaDefinitions } from "../../apiserver/resources/open-api-schema.ts";

/** A field of a Go struct, with the name it has in JSON; undefined for an inlined struct. */
interface GoField {
  readonly json: string | undefined;
  readonly type: string;
  readonly omits: "empty" | "never" | "zero";
}

type GoStructs = ReadonlyMap<string, readonly GoField[]>;

/**
 * Returns the schemas with what JSON's shape depends on but OpenAPI does not tell: which scalars Go leaves out when
 * they are zero, and which missing fields it prints as null. `modules` is a folder with the modules
 * `k8s.io/<name>@v<version>`, such as `$(go env GOMODCACHE)`; `version` that of the Kubernetes libraries (`0.36.3`).
 */
export function addGoTypes(
  definitions: SchemaDefinitions,
  modules: string,
  version: string,
): { readonly definitions: SchemaDefinitions; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const entries = Object.entries(definitions).map(([name, schema]): [string, OpenApiSchema] => {
    if (schema.properties === undefined) return [name, schema];
    const structs = readPackage(packageDir(name, modules, version));
    const fields = fieldsOf(name.slice(name.lastIndexOf(".") + 1), structs);
    if (fields.length === 0) missing.push(name);
    return [name, describeFields(schema, fields)];
  });
  return { definitions: Object.fromEntries(entries), missing };
}

/** io.k8s.api.apps.v1.DeploymentSpec → <modules>/k8s.io/api@v0.36.3/apps/v1 */
function packageDir(name: string, modules: string, version: string): string {
  const [, , module = "", ...path] = name.split(".");
  return join(modules, "k8s.io", `${module}@v${version}`, ...path.slice(0, -1));
}

const packages = new Map<string, GoStructs>();

function readPackage(dir: string): GoStructs {
  const known = packages.get(dir);
  if (known !== undefined) return known;
  const structs = new Map<string, readonly GoField[]>();
  packages.set(dir, structs);
  if (statSync(dir, { throwIfNoEntry: false }) === undefined) return structs;
  for (const file of readdirSync(dir)) {
    if (!file.endsWith(".go") || file.startsWith("zz_") || file.includes("generated") || file.endsWith("_test.go")) {
      continue;
    }
    const source = readFileSync(join(dir, file), "utf8");
    for (const [, name = "", body = ""] of source.matchAll(/^(?:type |\t)(\w+) struct \{\n(.*?)^\t?\}/gms)) {
      structs.set(name, readFields(body));
    }
  }
  return structs;
}

function readFields(body: string): readonly GoField[] {
  const fields: GoField[] = [];
  for (const line of body.split("\n")) {
    const found = /^\s+(?:(\w+)\s+)?(\S+)\s+`.*?json:"([^"]*)"/.exec(line);
    if (found === null) continue;
    const [, , type = "", tag = ""] = found;
    const [json = "", ...options] = tag.split(",");
    if (json === "-") continue;
    const omits = options.includes("omitzero") ? "zero" : options.includes("omitempty") ? "empty" : "never";
    fields.push({ json: json === "" ? undefined : json, type, omits });
  }
  return fields;
}

function fieldsOf(struct: string, structs: GoStructs): readonly GoField[] {
  return (structs.get(struct) ?? []).flatMap((field) =>
    field.json === undefined ? fieldsOf(field.type.replace(/^\*?(?:\w+\.)?/, ""), structs) : [field],
  );
}

function describeFields(schema: OpenApiSchema, fields: readonly GoField[]): OpenApiSchema {
  const names = Object.keys(schema.properties ?? {});
  const known = fields.filter(({ json }) => json !== undefined && names.includes(json));
  const omitZero = known.filter((field) => omitsZero(field, schema)).flatMap(({ json = "" }) => json);
  const printNull = known.filter(printsNull).flatMap(({ json = "" }) => json);
  return {
    ...schema,
    ...(omitZero.length === 0 ? {} : { "x-go-omit-zero": omitZero }),
    ...(printNull.length === 0 ? {} : { "x-go-print-null": printNull }),
  };
}

const isPointer = (type: string): boolean => type.startsWith("*");
const isCollection = (type: string): boolean => type.startsWith("[]") || type.startsWith("map[");
const isTime = (type: string): boolean => /^(?:\w+\.)?(?:Micro)?Time$/.test(type);

/** Scalars and structs that are no pointers and are left out when they are zero. */
function omitsZero({ json = "", type, omits }: GoField, schema: OpenApiSchema): boolean {
  if (isPointer(type) || isCollection(type)) return false;
  if (omits === "zero") return true;
  const property = schema.properties?.[json];
  const scalar = ["boolean", "integer", "number", "string"].includes(property?.type ?? "");
  return omits === "empty" && scalar;
}

/** Pointers, slices and maps that are always printed, and times, which `omitempty` does not leave out. */
function printsNull({ type, omits }: GoField): boolean {
  if (isTime(type)) return omits !== "zero";
  return omits === "never" && (isPointer(type) || isCollection(type));
}
