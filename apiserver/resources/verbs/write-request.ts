import { formatGroupVersion, type ApiObject } from "../api-object.ts";
import { groupResource, type HookContext, type ResourceDefinition, type UserInfo } from "../resource-definition.ts";
import type { KindSchema, OpenApiSchema } from "../open-api-schema.ts";
import { resourceKey, type ObjectKey } from "../../storage/object-store.ts";
import type { GroupResource } from "../api-error.ts";

/** A write of one object, whoever asks for it: an HTTP client or a controller in this process. */
export interface WriteRequest {
  readonly definition: ResourceDefinition;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  /** "" when the server makes the name. */
  readonly name: string;
  /** "" for the main resource. */
  readonly subresource: string;
  readonly user: UserInfo;
  /** Recorded in managedFields. */
  readonly fieldManager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: "Ignore" | "Strict" | "Warn";
  /** Adds a `Warning` header to the answer. */
  readonly warn: (text: string) => void;
}

/** What writes need of the server. */
export interface WriterParts {
  readonly clock: { now(): number };
  randomUid(): string;
  /** Returns a random number in [0, 1), for generated names. */
  random(): number;
  /** Called before a write; throws to refuse it: missing or terminating namespaces, quotas, policies. */
  admit(request: WriteRequest, operation: WriteOperation): Promise<void>;
}

export type WriteOperation = "CREATE" | "DELETE" | "UPDATE";

/** Returns the key of the object in its store. */
export function keyOf(request: WriteRequest, name = request.name): ObjectKey {
  const { definition } = request;
  return { resource: storageKeyOf(definition), namespace: definition.names.namespaced ? request.namespace : "", name };
}

/** Returns the collection of a kind in its store. */
export function storageKeyOf({ names, storageKey }: ResourceDefinition): ObjectKey["resource"] {
  return storageKey ?? resourceKey(names.group, names.plural);
}

/** Returns group and plural for error messages. */
export function targetOf(request: WriteRequest): GroupResource {
  return groupResource(request.definition.names);
}

/** Returns the `apiVersion` that the request's kind is served at. */
export function apiVersionOf({ names }: Pick<ResourceDefinition, "names">): string {
  return formatGroupVersion(names.group, names.version);
}

/** Returns a stored object in the version that the request speaks. */
export function inServedVersion(object: ApiObject, definition: ResourceDefinition): ApiObject {
  const apiVersion = apiVersionOf(definition);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** Returns what the kind's hooks are told of a request. */
export function hookContext(request: WriteRequest, nowMs: number): HookContext {
  const { user, namespace, name, dryRun, subresource, warn } = request;
  return { user, namespace, name, dryRun, subresource, nowMs, warn };
}

/** Returns the server's time as object metadata writes it: `2026-01-31T12:00:00Z`. */
export function metaTime(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

const anything: OpenApiSchema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** Returns the schema of a kind, or one that accepts anything. */
export function schemaOf(definition: Pick<ResourceDefinition, "schema">): KindSchema {
  return definition.schema ?? openSchema;
}

const openSchema: KindSchema = {
  root: anything,
  registry: { forKind: () => undefined, resolve: (schema) => schema },
};
