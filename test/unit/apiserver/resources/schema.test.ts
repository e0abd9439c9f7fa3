import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../../codec/json-value.ts";
import { builtInSchemas } from "../../../../apiserver/resources/built-in-schemas.ts";
import { createCustomRegistry } from "../../../../apiserver/resources/custom-resource-schema.ts";
import { formatFieldError } from "../../../../apiserver/resources/field-error.ts";
import type { KindSchema, OpenApiSchema } from "../../../../apiserver/resources/open-api-schema.ts";
import { defaultFields } from "../../../../apiserver/resources/schema/default-fields.ts";
import { findTypeFault } from "../../../../apiserver/resources/schema/find-type-fault.ts";
import { pruneFields } from "../../../../apiserver/resources/schema/prune-fields.ts";
import { validateFields } from "../../../../apiserver/resources/schema/validate-fields.ts";

function schemaFor(spec: OpenApiSchema): KindSchema {
  const schema: OpenApiSchema = { type: "object", properties: { spec } };
  const versions = [{ version: "v1", schema }];
  const found = createCustomRegistry({ group: "g", kind: "K", versions, base: builtInSchemas() }).forKind(
    "g",
    "v1",
    "K",
  );
  if (found === undefined) throw new Error("the registry does not know its own kind");
  return found;
}

function builtIn(group: string, kind: string): KindSchema {
  const found = builtInSchemas().forKind(group, "v1", kind);
  if (found === undefined) throw new Error(`${kind} is not built in`);
  return found;
}

const identity = { apiVersion: "g/v1", kind: "K", metadata: { name: "a" } };

/** Returns the faults of a value below `spec.x`, which has this schema. */
function faultsOf(schema: OpenApiSchema, value: unknown): readonly string[] {
  const spec: OpenApiSchema = { type: "object", properties: { x: schema } };
  const object: JsonValue = JSON.parse(JSON.stringify({ ...identity, spec: { x: value } }));
  return validateFields(object, schemaFor(spec)).map(formatFieldError);
}

function deploymentFault(spec: object): string | undefined {
  const object: JsonValue = JSON.parse(
    JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: {}, spec }),
  );
  return findTypeFault(object, builtIn("apps", "Deployment"), "Deployment");
}

describe("pruneFields", () => {
  const schema = schemaFor({
    type: "object",
    properties: {
      known: { type: "string" },
      list: { type: "array", items: { type: "object", properties: { a: { type: "string" } } } },
      map: { type: "object", additionalProperties: { type: "object", properties: { a: { type: "string" } } } },
      open: {
        type: "object",
        "x-kubernetes-preserve-unknown-fields": true,
        properties: { closed: { type: "object" } },
      },
    },
  });

  it("drops and names what a custom schema does not know", () => {
    const spec = {
      known: "x",
      extra: 1,
      list: [{ a: "1", b: 2 }],
      map: { any: { a: "1", b: 2 } },
      open: { free: 1, closed: { x: 1 } },
    };
    expect(pruneFields({ ...identity, spec, more: true }, schema, { builtIn: false })).toEqual({
      value: {
        ...identity,
        spec: { known: "x", list: [{ a: "1" }], map: { any: { a: "1" } }, open: { free: 1, closed: {} } },
      },
      unknownFields: ["spec.extra", "spec.list[0].b", "spec.map.any.b", "spec.open.closed.x", "more"],
    });
  });

  it("hands back the very object when there is nothing to drop", () => {
    const object = { ...identity, spec: { known: "x", list: [{ a: "1" }] } };
    expect(pruneFields(object, schema, { builtIn: false }).value).toBe(object);
  });

  it("keeps managed fields of custom objects, whose form has no schema", () => {
    const metadata = { name: "a", managedFields: [{ manager: "m", fieldsV1: { "f:spec": { "f:known": {} } } }] };
    expect(pruneFields({ ...identity, metadata }, schema, { builtIn: false }).unknownFields).toEqual([]);
  });

  it("drops nulls of built-in kinds", () => {
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", creationTimestamp: null }, data: null };
    expect(pruneFields(map, builtIn("", "ConfigMap"), { builtIn: true }).value).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a" },
    });
  });
});

describe("defaultFields", () => {
  const inner = { type: "object", default: {}, properties: { deep: { type: "integer", default: 7 } } } as const;
  const schema = schemaFor({
    type: "object",
    properties: {
      plain: { type: "string", default: "p" },
      inner,
      bare: { type: "object", properties: { deep: { type: "integer", default: 7 } } },
      maybe: { type: "string", nullable: true, default: "m" },
      list: { type: "array", items: { type: "object", properties: { n: { type: "integer", default: 1 } } } },
    },
  });

  it("fills what is missing, below a default too, but makes no objects of its own", () => {
    expect(defaultFields({ ...identity, spec: { list: [{}, { n: 2 }] } }, schema)).toEqual({
      ...identity,
      spec: { plain: "p", inner: { deep: 7 }, maybe: "m", list: [{ n: 1 }, { n: 2 }] },
    });
  });

  it("replaces a null only where null is no value", () => {
    const spec = { plain: null, maybe: null, inner: { deep: 1 } };
    expect(defaultFields({ ...identity, spec }, schema)).toMatchObject({
      spec: { plain: "p", maybe: null, inner: { deep: 1 } },
    });
  });
});

describe("validateFields", () => {
  it("words faults as kube-apiserver does", () => {
    expect(faultsOf({ type: "integer" }, "3")).toEqual([
      'spec.x: Invalid value: "string": spec.x in body must be of type integer: "string"',
    ]);
    expect(faultsOf({ type: "integer", minimum: 1, exclusiveMinimum: true }, 1)).toEqual([
      "spec.x: Invalid value: 1: spec.x in body should be greater than 1",
    ]);
    expect(faultsOf({ type: "string", enum: ["a", "b"] }, "c")).toEqual([
      'spec.x: Unsupported value: "c": supported values: "a", "b"',
    ]);
    expect(faultsOf({ type: "array", items: { type: "string" }, minItems: 1 }, [])).toEqual([
      "spec.x: Invalid value: 0: spec.x in body should have at least 1 items",
    ]);
    expect(faultsOf({ type: "object", required: ["y"] }, {})).toEqual(["spec.x.y: Required value"]);
    expect(faultsOf({ anyOf: [{ minimum: 5 }, { maximum: 1 }] }, 3)).toHaveLength(1);
    expect(faultsOf({ not: { enum: ["no"] } }, "no")).toHaveLength(1);
  });

  it("accepts what fits", () => {
    expect(faultsOf({ type: "string", nullable: true }, null)).toEqual([]);
    expect(faultsOf({ "x-kubernetes-int-or-string": true }, "50%")).toEqual([]);
    expect(faultsOf({ "x-kubernetes-int-or-string": true }, 5)).toEqual([]);
    expect(faultsOf({ type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } }, ["a", "b"])).toEqual(
      [],
    );
  });
});

describe("findTypeFault", () => {
  it("names the Go type that a value does not fit", () => {
    const template = { spec: { containers: [{ name: 3 }] } };
    expect(deploymentFault({ replicas: "x" })).toBe(
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    );
    expect(deploymentFault({ template })).toBe(
      "json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string",
    );
    expect(deploymentFault({ replicas: 3, template: { spec: { containers: [] } } })).toBeUndefined();
  });
});
