import type { JsonObject } from "../../../codec/json-value.ts";

/** Where objects of the kind that expressions look at live. */
export const subjectPath = "/apis/example.com/v1/namespaces/default/widgets";

/** The definition of a kind that holds whatever is put into it. */
export const widgetDefinition: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

/** Returns the object that `self` is for one expression, with a label of its own; the API server adds a uid and more to it. */
export function subjectOf(index: number): JsonObject {
  const labels = { app: "web", "app.kubernetes.io/name": "web", case: caseName(index) };
  return { ...subject, metadata: { name: `subject-${index}`, namespace: "default", generation: 1, labels } };
}

/** Returns the name of one expression's policy. */
export function caseName(index: number): string {
  return `case-${index}`;
}

const subject: JsonObject = {
  apiVersion: "example.com/v1",
  kind: "Widget",
  spec: { replicas: 2, storage: "1Gi" },
  status: {
    phase: "Ready",
    message: "all is ready",
    text: "12",
    "my-key": "mine",
    observedGeneration: 1,
    replicas: 3,
    ratio: 0.5,
    big: 9_007_199_254_740_993n,
    nothing: null,
    empty: {},
    none: [],
    list: [1, 2, 3],
    byNumber: { 1: "one" },
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "Done",
        message: "it works",
        lastTransitionTime: "2024-01-01T00:00:00Z",
        observedGeneration: 1,
      },
      { type: "Synced", status: "False", message: "not yet", observedGeneration: 1 },
    ],
    parents: [
      { name: "a", conditions: [{ type: "Accepted", status: "True" }] },
      { name: "b", conditions: [{ type: "Accepted", status: "True" }] },
    ],
  },
};
