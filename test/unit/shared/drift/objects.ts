import type { JsonObject } from "../../../../codec/json-value.ts";
import type { KubeObject } from "../../../../shared/api/meta.ts";

/** Returns a Deployment named apps/web with one container, bent by root fields. */
export function aDeployment(fields: Readonly<Record<string, unknown>> = {}, metadata: JsonObject = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: { template: { spec: { containers: [{ name: "app", image: "app:1" }] } } },
    ...fields,
    metadata: { name: "web", namespace: "apps", ...metadata },
  };
}

/** Returns a managedFields entry. */
export function managed(manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  return { manager, operation: "Update", time: "2026-01-01T00:00:00Z", fieldsType: "FieldsV1", fieldsV1, ...more };
}
