import type { JsonObject } from "../../codec/json-value.ts";
import { parseGroupVersion, type ApiObject } from "../resources/api-object.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";
import { structureOf, type StructureRef } from "./structure.ts";
import { formatProblems, validateStructure } from "./validate-structure.ts";

/** An object in one version and the structure that this version gives it. */
export interface VersionedObject {
  readonly object: JsonObject;
  readonly type: StructureRef;
}

/** Turns objects into the version in which a manager recorded its fields. */
export interface VersionConverter {
  /**
   * Returns the object in that version, undefined when the version is no longer served. Throws ConversionError, its
   * message beginning with what was being done, when the object does not fit that version's schema.
   */
  readonly convert: (object: JsonObject, apiVersion: string, doing?: string) => VersionedObject | undefined;
}

/** An object that another version of its kind has no place for. */
export class ConversionError extends Error {}

/**
 * Returns a converter that changes `apiVersion` only, as custom resources without a conversion webhook do. A version
 * of which the registry has no schema counts as no longer served.
 */
export function createVersionConverter(kind: KindSchema, { apiVersion, kind: name }: ApiObject): VersionConverter {
  const schemaOf = (target: string): KindSchema | undefined => {
    const { group, version } = parseGroupVersion(target);
    return target === apiVersion ? kind : kind.registry.forKind(group, version, name);
  };
  return {
    convert: (object, target, doing = "") => {
      const schema = schemaOf(target);
      if (schema === undefined) return undefined;
      const type = structureOf(schema);
      if (object["apiVersion"] === target) return { object, type };
      const converted = { ...object, apiVersion: target };
      const problems = validateStructure(converted, type, { allowDuplicates: false });
      if (problems.length > 0) throw new ConversionError(doing + formatProblems(problems));
      return { object: converted, type };
    },
  };
}
