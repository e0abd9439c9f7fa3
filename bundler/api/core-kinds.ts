import { builtInColumns } from "../../apiserver/resources/built-in-columns/built-in-columns.ts";
import { selectableFieldsOf } from "../../apiserver/resources/built-in-definitions.ts";
import { builtInResources } from "../../apiserver/resources/built-in-resources.ts";
import { builtInSchemas } from "../../apiserver/resources/built-in-schemas.ts";
import {
  allVerbs,
  type ResourceDefinition,
  type ResourceStrategy,
} from "../../apiserver/resources/resource-definition.ts";
import type { ObjectTable } from "../store/object-table.ts";
import { createNamespaceStore } from "./namespace-store.ts";

/** Kubernetes' own kinds that GitRepos and people refer to, by group and plural. */
const served: ReadonlySet<string> = new Set([
  "/namespaces",
  "/secrets",
  "/configmaps",
  "/events",
  "rbac.authorization.k8s.io/clusterroles",
  "rbac.authorization.k8s.io/clusterrolebindings",
  "rbac.authorization.k8s.io/roles",
  "rbac.authorization.k8s.io/rolebindings",
]);

/** Returns the built-in kinds that the standalone hub serves from its own store. */
export function coreKinds(objects: ObjectTable): ResourceDefinition[] {
  const namespaces = createNamespaceStore(objects);
  const schemas = builtInSchemas();
  return builtInResources()
    .filter(({ group, version, plural }) => version === "v1" && served.has(`${group}/${plural}`))
    .map(({ group, version, plural, singular, kind, namespaced, shortNames, categories }): ResourceDefinition => ({
      type: "stored",
      names: { group, version, plural, singular, kind, listKind: `${kind}List`, shortNames, categories, namespaced },
      store: plural === "namespaces" ? namespaces : objects,
      schema: schemas.forKind(group, version, kind),
      verbs: allVerbs,
      subresources: {},
      printerColumns: builtInColumns(`${group}/${plural}`),
      strategy: plural === "namespaces" ? namespaceStrategy : {},
      builtIn: true,
      ...(group === "rbac.authorization.k8s.io" ? { nameRule: "path" as const } : {}),
      tracksGeneration: false,
      selectableFields: selectableFieldsOf(`${group}/${plural}`),
    }));
}

/** A namespace is usable at once. */
const namespaceStrategy: ResourceStrategy = {
  prepareForCreate: (object) => ({ ...object, status: { phase: "Active" } }),
};
