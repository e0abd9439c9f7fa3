import type { JsonObject } from "../../codec/json-value.ts";
import { formatGroupVersion, type GroupVersionKind } from "../resources/api-object.ts";
import {
  allVerbs,
  type ResourceDefinition,
  type ResourceVerb,
  type ServedResource,
} from "../resources/resource-definition.ts";
import type { GroupVersion, ResourceRegistry } from "../resources/resource-registry.ts";

const scaleKind = { group: "autoscaling", version: "v1", kind: "Scale" };
/** The order in which kube-apiserver lists the verbs of custom kinds. */
const customVerbs: readonly ResourceVerb[] = [
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "create",
  "update",
  "watch",
];
const subresourceVerbs = ["get", "patch", "update"];

interface SubresourceEntry {
  readonly name: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

/** Returns the APIGroupList of `/apis`. */
export function groupList(registry: ResourceRegistry): JsonObject {
  const groups = registry.groups().filter(({ group }) => group !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupEntry) };
}

/** Returns the APIGroup of `/apis/GROUP`, undefined when it is not served. */
export function groupDocument(registry: ResourceRegistry, name: string): JsonObject | undefined {
  const found = registry.groups().find(({ group }) => group === name && group !== "");
  return found === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...groupEntry(found) };
}

function groupEntry({ group, versions }: { readonly group: string; readonly versions: readonly string[] }): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  const [preferredVersion] = entries;
  return { name: group, versions: entries, ...(preferredVersion === undefined ? {} : { preferredVersion }) };
}

/** Returns the APIResourceList of a group and version, undefined when it is not served. */
export function resourceList(registry: ResourceRegistry, { group, version }: GroupVersion): JsonObject | undefined {
  const resources = registry.ofGroupVersion(group, version);
  if (resources.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: formatGroupVersion(group, version),
    resources: resources.flatMap(listEntries),
  };
}

function listEntries(resource: ServedResource): readonly JsonObject[] {
  const { names } = resource;
  const main = {
    name: names.plural,
    singularName: names.singular,
    namespaced: names.namespaced,
    kind: names.kind,
    verbs: verbsOf(resource),
    ...(names.shortNames.length === 0 ? {} : { shortNames: names.shortNames }),
    ...(names.categories.length === 0 ? {} : { categories: names.categories }),
  };
  const listed = subresourcesOf(resource);
  const below = (isCustom(resource) ? listed.toReversed() : listed).map(({ name, kind, verbs }) => ({
    name: `${names.plural}/${name}`,
    singularName: "",
    namespaced: names.namespaced,
    ...(kind.group === names.group && kind.version === names.version
      ? {}
      : { group: kind.group, version: kind.version }),
    kind: kind.kind,
    verbs,
  }));
  return [main, ...below];
}

/** Returns the APIGroupDiscoveryList (apidiscovery.k8s.io) of all groups, or of the core group alone. */
export function aggregatedDiscovery(registry: ResourceRegistry, isCore: boolean, version: string): JsonObject {
  const groups = registry.groups().filter(({ group }) => (group === "") === isCore);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === "" ? {} : { name: group },
      versions: versions.map((name) => ({
        version: name,
        resources: registry.ofGroupVersion(group, name).map(discoveryEntry),
        freshness: "Current",
      })),
    })),
  };
}

function discoveryEntry(resource: ServedResource): JsonObject {
  const { names } = resource;
  const subresources = subresourcesOf(resource).map(({ name, kind, verbs }) => ({
    subresource: name,
    responseKind: responseKind(kind, names),
    verbs,
  }));
  return {
    resource: names.plural,
    responseKind: responseKind(names, names),
    scope: names.namespaced ? "Namespaced" : "Cluster",
    singularResource: names.singular,
    verbs: verbsOf(resource),
    ...(names.shortNames.length === 0 ? {} : { shortNames: names.shortNames }),
    ...(names.categories.length === 0 ? {} : { categories: names.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

/** A kind of the same group and version is given by name alone. */
function responseKind(
  { group, version, kind }: GroupVersionKind,
  within: { readonly group: string; readonly version: string },
): JsonObject {
  const isSame = group === within.group && version === within.version;
  return isSame ? { group: "", version: "", kind } : { group, version, kind };
}

function verbsOf(resource: ServedResource): readonly string[] {
  if (resource.type === "review") return ["create"];
  return (isCustom(resource) ? customVerbs : allVerbs).filter((verb) => resource.verbs.includes(verb));
}

function isCustom(resource: ServedResource): boolean {
  return resource.type === "stored" && !resource.builtIn;
}

function subresourcesOf(resource: ServedResource): readonly SubresourceEntry[] {
  if (resource.type === "review") return [];
  return Object.keys(resource.subresources)
    .sort()
    .map((name) => subresourceEntry(resource, name));
}

function subresourceEntry({ names, subresources }: ResourceDefinition, name: string): SubresourceEntry {
  const subresource = subresources[name];
  const own = { group: names.group, version: names.version, kind: names.kind };
  if (subresource?.type === "custom") return { name, kind: subresource.responseKind, verbs: subresource.verbs };
  return { name, kind: subresource?.type === "scale" ? scaleKind : own, verbs: subresourceVerbs };
}
