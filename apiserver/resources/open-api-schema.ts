import type { JsonValue } from "../../codec/json-value.ts";
import type { GroupVersionKind } from "./api-object.ts";

/** A schema as OpenAPI v3 and CustomResourceDefinitions write it, with Kubernetes' extensions. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly nullable?: boolean;
  readonly enum?: readonly JsonValue[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly allOf?: readonly OpenApiSchema[];
  readonly anyOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly not?: OpenApiSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  /** Fields that Go leaves out when they are zero (`""`, `0`, `false`, an empty struct); ours, from Go's struct tags. */
  readonly "x-go-omit-zero"?: readonly string[];
  /** Fields that Go prints as null when they are missing; ours, from Go's struct tags. */
  readonly "x-go-print-null"?: readonly string[];
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

/** Schemas by name, as below `components.schemas` of an OpenAPI document. */
export type SchemaDefinitions = Readonly<Record<string, OpenApiSchema>>;

/** One kind's schema together with the registry that its `$ref`s point into. */
export interface KindSchema {
  readonly root: OpenApiSchema;
  readonly registry: SchemaRegistry;
  /** The name of the definition, `io.k8s.api.apps.v1.Deployment`; undefined for schemas from elsewhere. */
  readonly typeName?: string;
  /**
   * Whether kube-apiserver holds objects of this kind as Go structs (all built-in kinds), which print empty structs
   * and drop empty maps and nulls, or as the JSON they were sent as (custom resources).
   */
  readonly goStructs?: boolean;
}

/** Finds schemas by name and by kind. */
export interface SchemaRegistry {
  /** Returns the schema of a kind, undefined when there is none. */
  readonly forKind: (group: string, version: string, kind: string) => KindSchema | undefined;
  /**
   * Returns the schema with its `$ref` (or its single `allOf` reference, the form OpenAPI v3 uses beside a default)
   * replaced by what it points to; what stands beside the reference wins. Throws when a reference points nowhere.
   */
  readonly resolve: (schema: OpenApiSchema) => OpenApiSchema;
}
