import type { JsonValue } from "../../codec/json-value.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../resources/open-api-schema.ts";

/** What a scalar may be; `untyped` takes any. */
export type ScalarType = "boolean" | "numeric" | "string" | "untyped";

/** A list: owned as one value (atomic), or item by item: found by its keys, or by its value where there are none. */
export interface ListType {
  readonly atomic: boolean;
  readonly keys: readonly string[];
  readonly element: StructureRef;
}

/** A map or struct: owned as one value (atomic) or field by field. */
export interface MapType {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, StructField>;
  /** The type of fields that are not named; undefined when there may be none. */
  readonly element: StructureRef | undefined;
}

/** A named field of a struct and the default that stands in for a missing list key. */
export interface StructField {
  readonly type: StructureRef;
  readonly default: JsonValue | undefined;
}

/** What a value may be; where several are set, the value decides. structured-merge-diff calls it an atom. */
export interface Structure {
  readonly scalar?: ScalarType;
  readonly list?: ListType;
  readonly map?: MapType;
}

/** A structure that is worked out when it is first needed: schemas refer to themselves. */
export type StructureRef = () => Structure;

function once(create: () => Structure): StructureRef {
  let made: Structure | undefined;
  return () => {
    made ??= create();
    return made;
  };
}

const untypedAtomic: StructureRef = once(() => ({
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untypedAtomic },
  map: { atomic: true, fields: new Map(), element: untypedAtomic },
}));

/** The structure of values without a schema: maps are granular, lists atomic. */
export const deducedStructure: StructureRef = once(() => ({
  scalar: "untyped",
  list: { atomic: true, keys: [], element: untypedAtomic },
  map: { atomic: false, fields: new Map(), element: deducedStructure },
}));

/** Where a schema stands: the registry for its references, and whether a parent lets unknown fields through. */
interface Place {
  readonly registry: SchemaRegistry;
  readonly preserve: boolean;
}

// These two look like plain strings and objects in OpenAPI, but anything may stand there (kube-openapi, schemaconv).
const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const rawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";

const named = new WeakMap<SchemaRegistry, Map<string, StructureRef>>();
const roots = new WeakMap<OpenApiSchema, StructureRef>();

/** Returns the structure of a kind as kube-apiserver derives it from OpenAPI (schemaconv of k8s.io/kube-openapi). */
export function structureOf({ root, registry }: KindSchema): StructureRef {
  const known = roots.get(root);
  if (known !== undefined) return known;
  const made = refOf(root, { registry, preserve: false });
  roots.set(root, made);
  return made;
}

function refNameOf(schema: OpenApiSchema): string | undefined {
  const only = schema.allOf?.length === 1 ? schema.allOf[0] : undefined;
  return (schema.$ref ?? only?.$ref)?.split("/").at(-1);
}

function refOf(schema: OpenApiSchema, place: Place): StructureRef {
  const name = refNameOf(schema);
  if (name === undefined) return once(() => convert(schema, place));
  const target = namedRef(name, place.registry);
  const mapType = schema["x-kubernetes-map-type"];
  return mapType === undefined ? target : once(() => withRelationship(target(), mapType === "atomic"));
}

function namedRef(name: string, registry: SchemaRegistry): StructureRef {
  const cache = named.get(registry) ?? new Map<string, StructureRef>();
  named.set(registry, cache);
  const known = cache.get(name);
  if (known !== undefined) return known;
  const made = once(() => {
    if (name === quantity) return { scalar: "untyped" };
    if (name === rawExtension) return untypedAtomic();
    return convert(registry.resolve({ $ref: `#/components/schemas/${name}` }), { registry, preserve: false });
  });
  cache.set(name, made);
  return made;
}

function withRelationship(structure: Structure, atomic: boolean): Structure {
  if (structure.map !== undefined) return { ...structure, map: { ...structure.map, atomic } };
  if (structure.list !== undefined) return { ...structure, list: { ...structure.list, atomic } };
  return structure;
}

function convert(schema: OpenApiSchema, place: Place): Structure {
  const preserve = place.preserve || schema["x-kubernetes-preserve-unknown-fields"] === true;
  const here = { ...place, preserve };
  switch (schema.type) {
    case undefined:
    case "":
      return { scalar: "untyped", list: listType(schema, here), map: mapType(schema, here) };
    case "object":
      return { map: mapType(schema, here) };
    case "array":
      return { list: listType(schema, here) };
    case "integer":
    case "number":
      return { scalar: "numeric" };
    case "boolean":
      return { scalar: "boolean" };
    case "string":
      return { scalar: (schema.format ?? "") === "" || schema.format === "byte" ? "string" : "untyped" };
    default:
      return { scalar: "untyped" };
  }
}

function listType(schema: OpenApiSchema, place: Place): ListType {
  const element = schema.items === undefined ? untypedAtomic : refOf(schema.items, place);
  const kind = schema["x-kubernetes-list-type"];
  if (kind !== undefined) {
    const keys = kind === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [];
    return { atomic: kind === "atomic", keys, element };
  }
  const strategy = schema["x-kubernetes-patch-strategy"];
  if (strategy !== "merge" && strategy !== "merge,retainKeys") return { atomic: true, keys: [], element };
  const key = schema["x-kubernetes-patch-merge-key"];
  return { atomic: false, keys: key === undefined ? [] : [key], element };
}

function mapType(schema: OpenApiSchema, place: Place): MapType {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]): [string, StructField] => [
    name,
    { type: refOf(field, place), default: field.default },
  ]);
  return {
    atomic: schema["x-kubernetes-map-type"] === "atomic",
    fields: new Map(fields),
    element: elementOf(schema, place),
  };
}

function elementOf(schema: OpenApiSchema, place: Place): StructureRef | undefined {
  const additional = schema.additionalProperties;
  if (additional === undefined) {
    const open = place.preserve || Object.keys(schema.properties ?? {}).length === 0;
    return open ? deducedStructure : undefined;
  }
  if (typeof additional === "object") return refOf(additional, place);
  return additional ? deducedStructure : undefined;
}

/** Returns the structure narrowed to what the value is; unchanged for null, nothing, or a value it does not allow. */
export function narrowTo(structure: Structure, value: JsonValue | undefined): Structure {
  if (value === undefined || value === null) return structure;
  if (Array.isArray(value)) return structure.list === undefined ? structure : { list: structure.list };
  if (typeof value === "object") return structure.map === undefined ? structure : { map: structure.map };
  return structure.scalar === undefined ? structure : { scalar: structure.scalar };
}

/** Returns the type of a field: its own, else that of unnamed fields, else undefined. */
export function fieldType(map: MapType, name: string): StructureRef | undefined {
  return map.fields.get(name)?.type ?? map.element;
}
