import { forbidden } from "../../apiserver/resources/api-error.ts";
import { builtInResources } from "../../apiserver/resources/built-in-resources.ts";
import { builtInSchemas } from "../../apiserver/resources/built-in-schemas.ts";
import {
  allVerbs,
  type ResourceDefinition,
  type ResourceStrategy,
} from "../../apiserver/resources/resource-definition.ts";
import type { ObjectStore } from "../../apiserver/storage/object-store.ts";
import type { Hub } from "../desired/hub.ts";
import { ageColumn, fieldColumn } from "./printer-columns.ts";

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
export function coreKinds(objects: ObjectStore, hub: Hub): ResourceDefinition[] {
  const schemas = builtInSchemas();
  return builtInResources()
    .filter(({ group, version, plural }) => version === "v1" && served.has(`${group}/${plural}`))
    .map(({ group, version, plural, singular, kind, namespaced, shortNames, categories }): ResourceDefinition => ({
      type: "stored",
      names: { group, version, plural, singular, kind, listKind: `${kind}List`, shortNames, categories, namespaced },
      store: objects,
      schema: schemas.forKind(group, version, kind),
      verbs: allVerbs,
      subresources: {},
      printerColumns: [
        ...(plural === "namespaces" ? [fieldColumn("Status", ["status", "phase"])] : []),
        ...(plural === "secrets" ? [fieldColumn("Type", ["type"])] : []),
        ageColumn,
      ],
      strategy: plural === "namespaces" ? namespaceStrategy(hub) : {},
      builtIn: true,
      ...(group === "rbac.authorization.k8s.io" ? { nameRule: "path" as const } : {}),
      tracksGeneration: false,
      selectableFields: [],
    }));
}

/** A workspace with clusters or bundles in it is not deleted by deleting its namespace: that would strand agents. */
function namespaceStrategy(hub: Hub): ResourceStrategy {
  return {
    prepareForCreate: (object) => ({ ...object, status: { phase: "Active" } }),
    prepareForDelete: (object, { name }) => {
      const workspace = hub.workspace(name);
      const { clusters } = workspace.status.partition;
      if (clusters.size === 0 && workspace.bundles.size === 0) return object;
      throw forbidden(
        { group: "", resource: "namespaces" },
        name,
        `it holds ${clusters.size} clusters and ${workspace.bundles.size} bundles: delete these and the GitRepos first`,
      );
    },
  };
}
