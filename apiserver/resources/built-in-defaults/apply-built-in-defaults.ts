import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { throughGoStruct } from "../go-struct.ts";
import { isJsonList, ownField } from "../json-fields.ts";
import type { KindSchema, OpenApiSchema, SchemaRegistry } from "../open-api-schema.ts";
import { canonicalQuantity } from "../quantity.ts";
import { coreDefaults } from "./core-defaults.ts";
import type { Defaulter, Defaulters } from "./fill-fields.ts";
import {
  admissionDefaults,
  discoveryDefaults,
  extensionDefaults,
  flowControlDefaults,
  networkingDefaults,
  rbacDefaults,
  schedulingDefaults,
  storageDefaults,
} from "./policy-defaults.ts";
import { autoscalingV1Defaults, autoscalingV2Defaults, workloadDefaults } from "./workload-defaults.ts";

const packages: Readonly<Record<string, Defaulters>> = {
  "io.k8s.api.admissionregistration.v1": admissionDefaults,
  "io.k8s.api.apps.v1": workloadDefaults,
  "io.k8s.api.autoscaling.v1": autoscalingV1Defaults,
  "io.k8s.api.autoscaling.v2": autoscalingV2Defaults,
  "io.k8s.api.batch.v1": workloadDefaults,
  "io.k8s.api.core.v1": coreDefaults,
  "io.k8s.api.discovery.v1": discoveryDefaults,
  "io.k8s.api.flowcontrol.v1": flowControlDefaults,
  "io.k8s.api.networking.v1": networkingDefaults,
  "io.k8s.api.rbac.v1": rbacDefaults,
  "io.k8s.api.scheduling.v1": schedulingDefaults,
  "io.k8s.api.storage.v1": storageDefaults,
  "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1": extensionDefaults,
  "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1": extensionDefaults,
};

/**
 * Returns an object of a built-in kind as kube-apiserver holds it after reading: in the shape of its Go struct, with the
 * defaults of OpenAPI and of Go's SetDefaults functions, those of a struct before those of its fields. Objects of other
 * kinds are returned as they are. What a strategy or an admission plugin adds (cluster IPs, generation, tolerations) is
 * not set here.
 */
export function applyBuiltInDefaults(object: ApiObject, schema: KindSchema): ApiObject {
  const { root, registry, typeName, goStructs } = schema;
  if (goStructs !== true || typeName === undefined) return object;
  const shaped = throughGoStruct(object, schema);
  const filled = defaultStruct(defaulterOf(typeName)(shaped), root, registry);
  const metadata = filled["metadata"];
  const { apiVersion, kind } = object;
  return throughGoStruct({ ...filled, apiVersion, kind, metadata: isJsonObject(metadata) ? metadata : {} }, schema);
}

function defaulterOf(typeName: string): Defaulter {
  const dot = typeName.lastIndexOf(".");
  const defaulters = packages[typeName.slice(0, dot)];
  const name = typeName.slice(dot + 1);
  const found = defaulters !== undefined && Object.hasOwn(defaulters, name) ? defaulters[name] : undefined;
  return found ?? ((object) => object);
}

function defaultStruct(object: JsonObject, schema: OpenApiSchema, registry: SchemaRegistry): JsonObject {
  const { properties = {} } = registry.resolve(schema);
  const out = new Map(Object.entries(object));
  for (const [name, property] of Object.entries(properties)) {
    const value = ownField(object, name) ?? null;
    if (value !== null) out.set(name, defaultValue(value, property, registry));
    else if (isPlainDefault(property.default)) out.set(name, property.default);
  }
  return Object.fromEntries(out);
}

/** Zeros and empty structs are what Go has anyway. */
function isPlainDefault(value: JsonValue | undefined): value is boolean | number | string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function typeNameOf({ $ref, allOf }: OpenApiSchema): string | undefined {
  return ($ref ?? allOf?.[0]?.$ref)?.split("/").at(-1);
}

const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";

function defaultValue(value: JsonValue, schema: OpenApiSchema, registry: SchemaRegistry): JsonValue {
  const typeName = typeNameOf(schema);
  const resolved = registry.resolve(schema);
  if (isJsonList(value)) {
    const { items } = resolved;
    return items === undefined ? value : value.map((item) => defaultValue(item, items, registry));
  }
  if (!isJsonObject(value)) return value;
  const { additionalProperties } = resolved;
  if (typeof additionalProperties === "object") {
    const isResourceList = typeNameOf(additionalProperties) === quantity;
    const entries = Object.entries(value).map(([name, item]): [string, JsonValue] => [
      name,
      // Resource lists know nothing smaller than a thousandth (SetDefaults_ResourceList).
      isResourceList ? canonicalQuantity(item, "milli") : defaultValue(item, additionalProperties, registry),
    ]);
    return Object.fromEntries(entries);
  }
  if (resolved.properties === undefined) return value;
  return defaultStruct(typeName === undefined ? value : defaulterOf(typeName)(value), resolved, registry);
}
