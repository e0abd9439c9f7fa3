import type { JsonObject } from "../../codec/json-value.ts";
import { formatGroupVersion } from "../resources/api-object.ts";
import type { ResourceVerb, ServedResource } from "../resources/resource-definition.ts";
import { schemaName } from "./collect-schemas.ts";

const writeParameters = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true },
}));
const forceParameter = { name: "force", in: "query", schema: { type: "boolean", uniqueItems: true } };

/** Methods of the object's own path by the verb that must be offered, with the action that OpenAPI names. */
const objectMethods = [
  { verb: "get", method: "get", action: "get" },
  { verb: "update", method: "put", action: "put" },
  { verb: "patch", method: "patch", action: "patch" },
  { verb: "delete", method: "delete", action: "delete" },
] as const;

/**
 * Returns the OpenAPI v3 paths of a resource: enough for kubectl to see which patch types and parameters (`dryRun`,
 * `fieldValidation`) the server takes, and which schema goes with a kind.
 */
export function resourcePaths(resource: ServedResource): readonly (readonly [string, JsonObject])[] {
  const { names } = resource;
  const root = `/${names.group === "" ? "api" : "apis"}/${formatGroupVersion(names.group, names.version)}`;
  const collection = `${root}/${names.namespaced ? "namespaces/{namespace}/" : ""}${names.plural}`;
  const post = operation(resource, { action: "post", method: "post" });
  if (resource.type === "review") return [[collection, { post }]];
  const offered = (verb: ResourceVerb): boolean => resource.verbs.includes(verb);
  const collectionOperations = {
    ...(offered("list") ? { get: operation(resource, { action: "list", method: "get" }) } : {}),
    ...(offered("create") ? { post } : {}),
  };
  const objectOperations = objectMethods
    .filter(({ verb }) => offered(verb))
    .map(({ method, action }) => [method, operation(resource, { action, method })] as const);
  return [
    [collection, collectionOperations],
    [`${collection}/{name}`, Object.fromEntries(objectOperations)],
  ];
}

interface Action {
  readonly action: string;
  readonly method: string;
}

function operation(resource: ServedResource, { action, method }: Action): JsonObject {
  const { group, version, kind } = resource.names;
  const isWrite = method !== "get";
  return {
    ...(isWrite ? { parameters: method === "patch" ? [...writeParameters, forceParameter] : writeParameters } : {}),
    ...(method === "get" || method === "delete" ? {} : { requestBody: requestBody(resource, method) }),
    responses: {
      "200": { description: "OK", content: { "application/json": { schema: reference(resource) } } },
      "401": { description: "Unauthorized" },
    },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group, version, kind },
  };
}

function requestBody(resource: ServedResource, method: string): JsonObject {
  if (method !== "patch") return { content: { "*/*": { schema: reference(resource) } }, required: true };
  const isBuiltIn = resource.type === "stored" && resource.builtIn;
  const types = [
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    ...(isBuiltIn ? ["application/strategic-merge-patch+json"] : []),
  ];
  const schema = { type: "object", description: "Patch is provided to give a concrete name and type to the body." };
  return { content: Object.fromEntries(types.map((type) => [type, { schema }])), required: true };
}

function reference(resource: ServedResource): JsonObject {
  return { $ref: `#/components/schemas/${schemaName(resource)}` };
}
