import type { Step } from "./server-pair.ts";

const merge = "application/merge-patch+json";
const apply = "application/apply-patch+yaml";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const widgets = "/apis/NS.example.com/v1/namespaces/NS/widgets";
const table = "application/json;as=Table;v=v1;g=meta.k8s.io";

const schema = {
  type: "object",
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 10 },
        color: { type: "string", enum: ["red", "blue"], default: "red" },
        name: { type: "string", pattern: "^[a-z]+$", maxLength: 5 },
        parts: {
          type: "array",
          maxItems: 2,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["id"],
          items: {
            type: "object",
            required: ["id"],
            properties: { id: { type: "string" }, count: { type: "integer" } },
          },
        },
        open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    },
    status: { type: "object", properties: { replicas: { type: "integer" } } },
  },
};

/** The definition under test; its group has the namespace in it, so that no two runs meet. */
export const widgetDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.NS.example.com" },
  spec: {
    group: "NS.example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList", shortNames: ["wd"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.replicas" },
        },
        additionalPrinterColumns: [
          { name: "Size", type: "integer", jsonPath: ".spec.size" },
          { name: "First", type: "string", jsonPath: ".spec.parts[0].id", priority: 1, description: "its first part" },
        ],
      },
    ],
  },
};

/** Path of the definition, for waiting until it is established. */
export const widgetDefinitionPath = `${definitions}/widgets.NS.example.com`;

function widget(name: string, spec: object): object {
  return { apiVersion: "NS.example.com/v1", kind: "Widget", metadata: { name }, spec };
}

/** A kind of one's own, once its definition is established. */
export const customSteps: readonly Step[] = [
  { name: "a custom object is created", path: widgets, method: "POST", body: widget("a", { size: 3 }) },
  { name: "it is read", path: `${widgets}/a` },
  { name: "its collection is read", path: widgets },
  { name: "its collection is read as a table", path: widgets, accept: table },
  {
    name: "fields are unknown",
    path: widgets,
    method: "POST",
    body: widget("b", { size: 1, extra: 1, open: { any: 1 } }),
  },
  {
    name: "fields are unknown and validation is strict",
    path: `${widgets}?fieldValidation=Strict`,
    method: "POST",
    body: widget("c", { size: 1, extra: 1 }),
  },
  {
    name: "a field has the wrong type",
    path: widgets,
    method: "POST",
    body: widget("c", { size: 1, parts: [{ id: "a", count: "3" }] }),
  },
  { name: "a number is out of bounds", path: widgets, method: "POST", body: widget("c", { size: 11 }) },
  {
    name: "a value is none of those listed",
    path: widgets,
    method: "POST",
    body: widget("c", { size: 1, color: "green" }),
  },
  { name: "a required field is missing", path: widgets, method: "POST", body: widget("c", {}) },
  {
    name: "the specification is missing",
    path: widgets,
    method: "POST",
    body: { apiVersion: "NS.example.com/v1", kind: "Widget", metadata: { name: "c" } },
  },
  { name: "a pattern does not match", path: widgets, method: "POST", body: widget("c", { size: 1, name: "A" }) },
  { name: "a text is too long", path: widgets, method: "POST", body: widget("c", { size: 1, name: "abcdefg" }) },
  {
    name: "a list is too long",
    path: widgets,
    method: "POST",
    body: widget("c", { size: 1, parts: [{ id: "a" }, { id: "b" }, { id: "c" }] }),
  },
  {
    name: "a list has an entry twice",
    path: widgets,
    method: "POST",
    body: widget("c", { size: 1, parts: [{ id: "a" }, { id: "a" }] }),
  },
  {
    name: "several things are wrong",
    path: widgets,
    method: "POST",
    body: widget("c", { size: 0, color: "green", name: "A" }),
    // Go walks the fields in no order; the causes are compared sorted.
    ignore: ["message"],
  },
  {
    name: "the kind in the body is another",
    path: widgets,
    method: "POST",
    body: { ...widget("c", { size: 1 }), kind: "Gadget" },
  },
  { name: "it is replaced without a version", path: `${widgets}/a`, method: "PUT", body: widget("a", { size: 4 }) },
  {
    name: "a merge patch changes it",
    path: `${widgets}/a`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { size: 5 } },
  },
  {
    name: "a merge patch breaks it",
    path: `${widgets}/a`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { size: 50 } },
  },
  {
    name: "a merge patch sets a status that is a subresource",
    path: `${widgets}/a`,
    method: "PATCH",
    contentType: merge,
    body: { status: { replicas: 2 } },
  },
  {
    name: "a merge patch sets the status",
    path: `${widgets}/a/status`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { size: 9 }, status: { replicas: 2 } },
  },
  { name: "the status is read", path: `${widgets}/a/status` },
  { name: "the scale is read", path: `${widgets}/a/scale` },
  {
    name: "the scale is patched",
    path: `${widgets}/a/scale`,
    method: "PATCH",
    contentType: merge,
    body: { spec: { replicas: 7 } },
  },
  { name: "what was scaled is read", path: `${widgets}/a` },
  {
    name: "a strategic patch is sent",
    path: `${widgets}/a`,
    method: "PATCH",
    contentType: "application/strategic-merge-patch+json",
    body: {},
  },
  {
    name: "it is applied",
    path: `${widgets}/b?fieldManager=one`,
    method: "PATCH",
    contentType: apply,
    body: widget("b", { size: 1, parts: [{ id: "x", count: 1 }] }),
  },
  {
    name: "another manager applies another part",
    path: `${widgets}/b?fieldManager=two`,
    method: "PATCH",
    contentType: apply,
    body: widget("b", { size: 1, parts: [{ id: "y", count: 2 }] }),
  },
  {
    name: "the first gives up its part",
    path: `${widgets}/b?fieldManager=one`,
    method: "PATCH",
    contentType: apply,
    body: widget("b", { size: 1 }),
  },
  { name: "a field selector names what is not offered", path: `${widgets}?fieldSelector=spec.size%3D1` },
  { name: "it is deleted", path: `${widgets}/a`, method: "DELETE" },
  { name: "it is deleted again", path: `${widgets}/a`, method: "DELETE" },
  {
    name: "the kind's resources are described",
    path: "/apis/NS.example.com/v1",
    ignore: ["resources[].storageVersionHash"],
  },
  {
    name: "a definition has no schema",
    path: definitions,
    method: "POST",
    body: {
      ...widgetDefinition,
      metadata: { name: "gadgets.NS.example.com" },
      spec: {
        ...widgetDefinition.spec,
        names: { plural: "gadgets", kind: "Gadget" },
        versions: [{ name: "v1", served: true, storage: true }],
      },
    },
  },
  { name: "the definition itself is read", path: widgetDefinitionPath, ignore: ["metadata.managedFields"] },
];
