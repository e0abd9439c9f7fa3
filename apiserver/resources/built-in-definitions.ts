import type { ObjectStore } from "../storage/object-store.ts";
import { builtInResources, type BuiltInResource } from "./built-in-resources.ts";
import { builtInSchemas } from "./built-in-schemas.ts";
import {
  allVerbs,
  type NameRule,
  type PrinterColumn,
  type ResourceDefinition,
  type ResourceNames,
  type ResourceStrategy,
  type Subresource,
} from "./resource-definition.ts";

/** What a server adds to the built-in kinds. */
export interface BuiltInOptions {
  readonly store: ObjectStore;
  /** Which kinds to serve, by "group/plural"; undefined: all that are stored. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Returns what is particular to a kind on this server. */
  readonly strategyFor: (resource: string) => ResourceStrategy;
  readonly columnsFor: (resource: string) => readonly PrinterColumn[];
  /** Returns subresources with code of their own (`finalize`, `token`, `eviction`). */
  readonly subresourcesFor: (resource: string) => Readonly<Record<string, Subresource>>;
}

/** Versions and kinds that need a conversion to be served: their other version is, or nobody needs them here. */
const unserved = new Set([
  "events.k8s.io/v1/events",
  "autoscaling/v1/horizontalpodautoscalers",
  "/v1/componentstatuses",
]);

/** Kinds whose objects have no `metadata.generation`. */
const withoutGeneration = new Set([
  "configmaps",
  "endpoints",
  "events",
  "limitranges",
  "namespaces",
  "nodes",
  "persistentvolumeclaims",
  "persistentvolumes",
  "podtemplates",
  "resourcequotas",
  "secrets",
  "serviceaccounts",
  "services",
]);
const groupsWithoutGeneration = new Set([
  "autoscaling",
  "coordination.k8s.io",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
]);

const nameRules: Readonly<Record<string, NameRule>> = {
  "/namespaces": "label",
  "/services": "label",
  "rbac.authorization.k8s.io/clusterrolebindings": "path",
  "rbac.authorization.k8s.io/clusterroles": "path",
  "rbac.authorization.k8s.io/rolebindings": "path",
  "rbac.authorization.k8s.io/roles": "path",
};

const podFields = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName"];
const podStatusFields = ["spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"];
const eventFields = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
  (name) => `involvedObject.${name}`,
);

const fieldsByKind: Readonly<Record<string, readonly string[]>> = {
  "/events": [...eventFields, "reason", "reportingComponent", "source", "type"],
  "/namespaces": ["status.phase"],
  "/nodes": ["spec.unschedulable"],
  "/pods": [...podFields, ...podStatusFields],
  "/replicationcontrollers": ["status.replicas"],
  "/secrets": ["type"],
  "/services": ["spec.clusterIP", "spec.type"],
  "apps/replicasets": ["status.replicas"],
  "batch/jobs": ["status.successful"],
  "certificates.k8s.io/certificatesigningrequests": ["spec.signerName"],
};

/** Returns the fields that a field selector may name for one of Kubernetes' own kinds, by "group/plural", besides name and namespace. */
export function selectableFieldsOf(resource: string): readonly string[] {
  return fieldsByKind[resource] ?? [];
}

/** Returns definitions of Kubernetes' own kinds over a store, in the order of discovery. */
export function createBuiltInDefinitions(options: BuiltInOptions): readonly ResourceDefinition[] {
  return builtInResources()
    .filter(({ group, version, plural }) => !unserved.has(`${group}/${version}/${plural}`))
    .filter(({ verbs }) => verbs.includes("list"))
    .filter(({ group, plural }) => options.only?.has(`${group}/${plural}`) ?? true)
    .map((resource) => definitionOf(resource, options));
}

function definitionOf(resource: BuiltInResource, options: BuiltInOptions): ResourceDefinition {
  const { group, version, plural, kind, verbs } = resource;
  const key = `${group}/${plural}`;
  return {
    type: "stored",
    names: namesOf(resource),
    store: options.store,
    schema: builtInSchemas().forKind(group, version, kind),
    verbs: allVerbs.filter((verb) => verbs.includes(verb)),
    subresources: { ...subresourcesOf(resource), ...options.subresourcesFor(key) },
    printerColumns: options.columnsFor(key),
    strategy: options.strategyFor(key),
    builtIn: true,
    nameRule: nameRules[key],
    tracksGeneration: !groupsWithoutGeneration.has(group) && !(group === "" && withoutGeneration.has(plural)),
    selectableFields: selectableFieldsOf(key),
  };
}

function namesOf({
  group,
  version,
  plural,
  singular,
  kind,
  shortNames,
  categories,
  namespaced,
}: BuiltInResource): ResourceNames {
  return { group, version, plural, singular, kind, listKind: `${kind}List`, shortNames, categories, namespaced };
}

/** Status and scale work alike for all kinds; other subresources come from the server. */
function subresourcesOf({ subresources }: BuiltInResource): Readonly<Record<string, Subresource>> {
  const served = subresources.flatMap(({ name }): readonly [string, Subresource][] => {
    if (name === "status") return [[name, { type: "status" }]];
    if (name !== "scale") return [];
    return [
      [
        name,
        {
          type: "scale",
          specReplicasPath: ".spec.replicas",
          statusReplicasPath: ".status.replicas",
          labelSelectorPath: ".spec.selector",
        },
      ],
    ];
  });
  return Object.fromEntries(served);
}
