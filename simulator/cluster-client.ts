import { ApiError } from "../apiserver/resources/api-error.ts";
import type { ApiObject } from "../apiserver/resources/api-object.ts";
import { labelSelectorOf } from "../apiserver/resources/label-selector.ts";
import type { ResourceDefinition, UserInfo } from "../apiserver/resources/resource-definition.ts";
import { createObject } from "../apiserver/resources/verbs/create-object.ts";
import { decodeObject } from "../apiserver/resources/verbs/decode-object.ts";
import { deleteObject, type DeleteOptions } from "../apiserver/resources/verbs/delete-object.ts";
import type { Writing } from "../apiserver/resources/verbs/record-fields.ts";
import { changeObject } from "../apiserver/resources/verbs/update-object.ts";
import { inServedVersion, keyOf, storageKeyOf, type WriterParts } from "../apiserver/resources/verbs/write-request.ts";
import type { ResourceRegistry } from "../apiserver/resources/resource-registry.ts";
import type { JsonObject } from "../codec/json-value.ts";

/** Names an object: its kind as "group/plural", its namespace ("" when it has none) and name. */
export interface ObjectName {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What controllers inside the cluster do with objects, under the same rules as over HTTP. */
export interface ClusterClient {
  /** Returns the object, undefined when it does not exist. */
  get(object: ObjectName): Promise<ApiObject | undefined>;
  list(resource: string, namespace?: string, selector?: JsonObject): Promise<readonly ApiObject[]>;
  /** Creates an object; returns undefined when one of its name exists. */
  create(resource: string, object: ApiObject): Promise<ApiObject | undefined>;
  /** Changes an object as it is now; returns undefined when it does not exist. */
  change(object: ObjectName, change: (live: ApiObject) => ApiObject): Promise<ApiObject | undefined>;
  /** Changes an object's status alone. */
  changeStatus(object: ObjectName, change: (live: ApiObject) => JsonObject): Promise<ApiObject | undefined>;
  /** Takes away what holds a namespace that is being deleted. */
  finalizeNamespace(name: string): Promise<void>;
  /** Deletes an object; that it is gone already is fine. */
  remove(object: ObjectName, options?: DeleteOptions): Promise<void>;
}

/** What a client needs. */
export interface ClusterClientOptions {
  readonly registry: ResourceRegistry;
  readonly parts: WriterParts;
  /** Who it is, also in managedFields. */
  readonly manager: string;
}

/** Returns a client that writes as a system component. */
export function createClusterClient({ registry, parts, manager }: ClusterClientOptions): ClusterClient {
  const user: UserInfo = { name: `system:${manager}`, groups: ["system:masters", "system:authenticated"] };

  function definitionOf(resource: string): ResourceDefinition | undefined {
    const [group = "", plural = ""] = resource.split("/");
    const found = registry.findPreferred(group, plural);
    return found?.type === "stored" ? found : undefined;
  }

  function writingOf({ resource, namespace, name }: ObjectName, subresource = ""): Writing {
    const definition = definitionOf(resource);
    if (definition === undefined) throw new Error(`${resource} is not served by this cluster`);
    const request = {
      definition,
      namespace,
      name,
      subresource,
      user,
      fieldManager: manager,
      dryRun: false,
      fieldValidation: "Ignore",
      warn: () => undefined,
    } as const;
    return { request, parts };
  }

  async function get(object: ObjectName): Promise<ApiObject | undefined> {
    const { request } = writingOf(object);
    return ignoring("NotFound", async () =>
      inServedVersion(await request.definition.store.get(keyOf(request)), request.definition),
    );
  }

  async function list(resource: string, namespace?: string, selector?: JsonObject): Promise<readonly ApiObject[]> {
    const definition = definitionOf(resource);
    if (definition === undefined) return [];
    const wanted = selector === undefined ? undefined : labelSelectorOf(selector);
    const { items } = await definition.store.list({ resource: storageKeyOf(definition), namespace });
    return items
      .filter((item) => wanted?.matches(item.metadata.labels) ?? true)
      .map((item) => inServedVersion(item, definition));
  }

  async function create(resource: string, object: ApiObject): Promise<ApiObject | undefined> {
    const { namespace = "", name = "" } = object.metadata;
    const writing = writingOf({ resource, namespace, name });
    return ignoring("AlreadyExists", async () =>
      createObject(decodeObject({ value: object }, writing.request), writing, { tracked: true }),
    );
  }

  async function change(object: ObjectName, make: (live: ApiObject) => ApiObject): Promise<ApiObject | undefined> {
    return ignoring("NotFound", async () => changeObject(make, writingOf(object), { tracked: true }));
  }

  async function changeStatus(
    object: ObjectName,
    make: (live: ApiObject) => JsonObject,
  ): Promise<ApiObject | undefined> {
    const withStatus = (live: ApiObject): ApiObject => ({ ...live, status: make(live) });
    return ignoring("NotFound", async () => changeObject(withStatus, writingOf(object, "status"), { tracked: true }));
  }

  async function finalizeNamespace(name: string): Promise<void> {
    const writing = writingOf({ resource: "/namespaces", namespace: "", name }, "finalize");
    await ignoring("NotFound", async () =>
      changeObject((live) => ({ ...live, spec: { finalizers: [] } }), writing, { tracked: true }),
    );
  }

  async function remove(object: ObjectName, options: DeleteOptions = {}): Promise<void> {
    await ignoring("NotFound", async () => deleteObject(options, writingOf(object)));
  }

  return { get, list, create, change, changeStatus, finalizeNamespace, remove };
}

/** Returns the result, undefined when it fails for this reason. */
async function ignoring<T>(reason: ApiError["reason"], act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ApiError && error.reason === reason) return undefined;
    throw error;
  }
}
