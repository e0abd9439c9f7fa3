import type { JsonObject } from "../../codec/json-value.ts";
import { parseGroupVersion, type ApiObject } from "../resources/api-object.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";
import { structureOf, type StructureRef } from "./structure.ts";

/** An object in one version and the structure that this version gives it. */
export interface VersionedObject {
  readonly object: JsonObject;
  readonly type: StructureRef;
}

/** Turns objects into the version in which a manager recorded its fields. */
export interface VersionConverter {
  /** Returns the object in that version, undefined when the version is no longer served. */
  readonly convert: (object: JsonObject, apiVersion: string) => VersionedObject | undefined;
}

/**
 * Returns a converter that changes `apiVersion` only, as custom resources without a conversion webhook do. A version
 * of which the registry has no schema counts as no longer served.
 */
export function createVersionConverter(kind: KindSchema, { apiVersion, kind: name }: ApiObject): VersionConverter {
  return {
    convert: (object, target) => {
      if (target === apiVersion) return { object, type: structureOf(kind) };
      const { group, version } = parseGroupVersion(target);
      const schema = kind.registry.forKind(group, version, name);
      if (schema === undefined) return undefined;
      return { object: { ...object, apiVersion: target }, type: structureOf(schema) };
    },
  };
}
