import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import type { CustomSubresource, ResourceStrategy } from "../resource-definition.ts";

/** Labels every namespace with its name, holds a deleted one until `spec.finalizers` is empty, and shows that. */
export const namespaceStrategy: ResourceStrategy = {
  prepareForCreate: (namespace) => withNameLabel({ ...namespace, status: { phase: "Active" } }),
  allot: (namespace) =>
    namespace.metadata.resourceVersion === undefined
      ? { ...namespace, spec: { finalizers: ["kubernetes"] } }
      : namespace,
  prepareForUpdate: (namespace, previous, { subresource }) =>
    subresource === "finalize" ? namespace : withNameLabel({ ...namespace, spec: previous["spec"] ?? {} }),
  prepareForDelete: (namespace) => ({ ...namespace, status: { phase: "Terminating" } }),
  holdsRemoval: (namespace) => namespaceFinalizers(namespace).length > 0,
};

/** Returns what still holds a namespace besides `metadata.finalizers`. */
export function namespaceFinalizers(namespace: ApiObject): readonly string[] {
  const finalizers = fieldAt(namespace, "spec", "finalizers");
  return Array.isArray(finalizers) ? finalizers.map(String) : [];
}

function withNameLabel(namespace: ApiObject): ApiObject {
  const { metadata } = namespace;
  const labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name ?? "" };
  return { ...namespace, metadata: { ...metadata, labels } };
}

/** Says that `namespaces/NAME/finalize` is served by a function of the server. */
export function finalizeSubresource(serve: CustomSubresource["serve"]): CustomSubresource {
  return {
    type: "custom",
    verbs: ["update"],
    responseKind: { group: "", version: "v1", kind: "Namespace" },
    serve,
  };
}
