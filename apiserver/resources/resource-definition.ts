import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import type { ObjectStore, ResourceKey } from "../storage/object-store.ts";
import type { ApiObject } from "./api-object.ts";
import type { GroupResource } from "./api-error.ts";
import type { FieldError } from "./field-error.ts";
import type { KindSchema } from "./open-api-schema.ts";

/** How a kind is called in URLs, discovery and on the command line. */
export interface ResourceNames {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
}

/** What somebody may do with a collection, as discovery and RBAC call it. */
export type ResourceVerb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

/** All verbs, in the order of discovery documents. */
export const allVerbs: readonly ResourceVerb[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

/** The verbs of a read-only kind. */
export const readVerbs: readonly ResourceVerb[] = ["get", "list", "watch"];

/** Who makes a request. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** What a hook or a custom subresource is told of the request. */
export interface HookContext {
  readonly user: UserInfo;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  /** "" on the main resource. */
  readonly subresource: string;
  readonly nowMs: number;
  /** Adds a `Warning` header to the answer. */
  readonly warn: (text: string) => void;
}

/**
 * What is particular to a kind. `prepare…` return the object as it will be stored (set defaults, forbid what a client may
 * not set); `validate…` return faults, all at once; every hook may throw an `ApiError` to refuse the request.
 */
export interface ResourceStrategy {
  prepareForCreate?(object: ApiObject, context: HookContext): ApiObject | Promise<ApiObject>;
  prepareForUpdate?(object: ApiObject, previous: ApiObject, context: HookContext): ApiObject | Promise<ApiObject>;
  /**
   * Returns the object with what the server allots it, such as addresses; called last, after managedFields are set: nobody
   * owns what is set here.
   */
  allot?(object: ApiObject): ApiObject;
  validateCreate?(object: ApiObject, context: HookContext): readonly FieldError[] | Promise<readonly FieldError[]>;
  validateUpdate?(
    object: ApiObject,
    previous: ApiObject,
    context: HookContext,
  ): readonly FieldError[] | Promise<readonly FieldError[]>;
  /** Returns the object as it waits for its removal (`deletionTimestamp` is set): a namespace becomes Terminating. */
  prepareForDelete?(object: ApiObject, context: HookContext): ApiObject | Promise<ApiObject>;
  /** Whether something besides `metadata.finalizers` still holds a deleted object: a namespace's `spec.finalizers`. */
  holdsRemoval?(object: ApiObject): boolean;
  /** Seconds between deletion and removal when the client names none; undefined: removed at once. Pods: 30. */
  defaultGraceSeconds?(object: ApiObject): number | undefined;
  /** Called after the write is stored (not for dry runs): for side effects that must not fail the request. */
  afterWrite?(event: { readonly object: ApiObject; readonly previous?: ApiObject | undefined }): void;
}

/** Rules for names: DNS-1123 subdomain or label, DNS-1035 label, or anything that fits in a URL path segment. */
export type NameRule = "dns1035" | "label" | "path" | "subdomain";

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  /** OpenAPI type: string, integer, number, boolean, date. */
  readonly type: string;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority?: number | undefined;
  /** Returns the cell; a `date` column returns an RFC 3339 time, which is shown as an age. */
  cell(object: ApiObject, nowMs: number): JsonValue | undefined;
}

/** Where replicas live in a kind that can be scaled; paths are dotted (`.spec.replicas`), as in CRDs. */
export interface ScaleSubresource {
  readonly type: "scale";
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string | undefined;
}

/** What a custom subresource is told besides. */
export interface CustomContext extends HookContext {
  readonly query: URLSearchParams;
  /** Returns a signal that is aborted when the client goes away, or the server stops. */
  readonly openSignal: () => AbortSignal;
}

/** A subresource with code of its own: `pods/eviction`, `serviceaccounts/token`, `namespaces/finalize`. */
export interface CustomSubresource {
  readonly type: "custom";
  readonly verbs: readonly ("create" | "get" | "patch" | "update")[];
  readonly responseKind: { readonly group: string; readonly version: string; readonly kind: string };
  /** Returns the answer; `body` is undefined for get. */
  serve(parent: ApiObject, body: JsonObject | undefined, context: CustomContext): Promise<JsonObject>;
}

/** `…/status`: written apart from the rest; the main resource then never changes status. */
export interface StatusSubresource {
  readonly type: "status";
}

export type Subresource = StatusSubresource | ScaleSubresource | CustomSubresource;

/** Everything needed to serve a kind whose objects are stored or computed. */
export interface ResourceDefinition {
  readonly type: "stored";
  readonly names: ResourceNames;
  readonly store: ObjectStore;
  /** Collection in the store; versions of one kind share it. Default: "group/plural". */
  readonly storageKey?: ResourceKey | undefined;
  /** Schema for validation, defaulting, merging and OpenAPI; undefined accepts anything. */
  readonly schema?: KindSchema | undefined;
  /** What is offered; `readVerbs` for views. */
  readonly verbs: readonly ResourceVerb[];
  readonly subresources: Readonly<Record<string, Subresource>>;
  readonly printerColumns: readonly PrinterColumn[];
  readonly strategy: ResourceStrategy;
  /**
   * Kubernetes' own kinds differ from custom ones: items of lists carry no kind, strategic merge patches are accepted,
   * an update without a resourceVersion overwrites, a value of the wrong type is a 400 instead of a 422.
   */
  readonly builtIn: boolean;
  /** What a name must look like; default "subdomain". */
  readonly nameRule?: NameRule | undefined;
  /** Whether `metadata.generation` counts changes of anything besides metadata and status. */
  readonly tracksGeneration: boolean;
  /** Fields besides metadata.name and metadata.namespace that field selectors may name. */
  readonly selectableFields: readonly string[];
  /** A deprecation or other warning sent with every answer about this kind. */
  readonly warning?: string | undefined;
}

/** A kind that only answers questions: `create` returns the filled-in object, nothing is stored (access reviews). */
export interface ReviewDefinition {
  readonly type: "review";
  readonly names: ResourceNames;
  readonly schema?: KindSchema | undefined;
  answer(object: ApiObject, context: HookContext): Promise<ApiObject>;
}

export type ServedResource = ResourceDefinition | ReviewDefinition;

/** Returns group and plural for error messages. */
export function groupResource(names: ResourceNames): GroupResource {
  return { group: names.group, resource: names.plural };
}
