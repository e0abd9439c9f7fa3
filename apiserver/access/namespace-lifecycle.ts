import { ApiError, forbidden, notFound } from "../resources/api-error.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { fieldAt } from "../resources/json-fields.ts";
import type { ResourceRegistry } from "../resources/resource-registry.ts";
import { targetOf, type WriteOperation, type WriteRequest } from "../resources/verbs/write-request.ts";

/** Namespaces that nobody may delete (plugin/pkg/admission/namespace/lifecycle). */
const immortal = new Set(["default", "kube-public", "kube-system"]);

/**
 * Refuses writes as Kubernetes' NamespaceLifecycle does: into a namespace that does not exist (404), new objects in one
 * that is being deleted (403), and the deletion of those that must stay.
 */
export async function checkNamespaceLifecycle(
  request: WriteRequest,
  operation: WriteOperation,
  registry: ResourceRegistry,
): Promise<void> {
  const { names } = request.definition;
  if (operation === "DELETE") {
    const isNamespace = names.group === "" && names.plural === "namespaces";
    if (isNamespace && immortal.has(request.name)) {
      throw forbidden(targetOf(request), request.name, "this namespace may not be deleted");
    }
    return;
  }
  if (operation !== "CREATE" || !names.namespaced) return;
  const namespace = await readNamespace(request.namespace, registry);
  if (namespace === "unknown") return;
  if (namespace === undefined) throw notFound({ group: "", resource: "namespaces" }, request.namespace);
  if (fieldAt(namespace, "status", "phase") === "Terminating" || namespace.metadata.deletionTimestamp !== undefined) {
    throw beingTerminated(request);
  }
}

/** Returns the namespace, undefined when it does not exist, "unknown" when the server has no namespaces. */
async function readNamespace(name: string, registry: ResourceRegistry): Promise<ApiObject | "unknown" | undefined> {
  const namespaces = registry.find("", "v1", "namespaces");
  if (namespaces?.type !== "stored") return "unknown";
  try {
    return await namespaces.store.get({ resource: "/namespaces", namespace: "", name });
  } catch (error) {
    if (error instanceof ApiError && error.reason === "NotFound") return undefined;
    throw error;
  }
}

function beingTerminated(request: WriteRequest): ApiError {
  const { namespace, name } = request;
  const refused = forbidden(
    targetOf(request),
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const cause = {
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace",
  };
  return new ApiError("Forbidden", refused.message, { details: { ...refused.details, causes: [cause] } });
}
