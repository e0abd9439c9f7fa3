import { badRequest } from "../resources/api-error.ts";
import { inServedVersion, storageKeyOf } from "../resources/verbs/write-request.ts";
import type { ApiObject } from "../resources/api-object.ts";
import type { ObjectList } from "../storage/object-store.ts";
import { badResourceVersion, futureVersion } from "../storage/store-errors.ts";
import { ok, type Answer } from "./answer.ts";
import { objectFilterOf } from "./object-filter.ts";
import { parseListOptions, type ListOptions } from "./request-query.ts";
import { namespaceOf, type StoredCall } from "./resource-call.ts";
import { presentList, presentObject } from "./present.ts";

/** Answers a GET of one object, or of its status (which is the object). */
export async function serveGet(call: StoredCall): Promise<Answer> {
  const { definition, path } = call;
  const object = await definition.store.get({
    resource: storageKeyOf(definition),
    namespace: namespaceOf(path, definition.names),
    name: path.name,
  });
  return ok(presentObject(inServedVersion(object, definition), call));
}

/** Answers a list. */
export async function serveList(call: StoredCall): Promise<Answer> {
  const list = await listObjects(call, parseListOptions(call.query, false));
  return ok(presentList(list, call));
}

/** Returns the objects that list options ask for, in the served version. */
export async function listObjects(call: StoredCall, options: ListOptions): Promise<ObjectList> {
  const { definition, path } = call;
  if (options.continue !== "" && options.resourceVersion !== "" && options.resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const namespace = namespaceOf(path, definition.names);
  const list = await definition.store.list({
    resource: storageKeyOf(definition),
    namespace: namespace === "" ? undefined : namespace,
    filter: objectFilterOf(options, definition),
    limit: options.limit === 0 ? undefined : options.limit,
    continue: options.continue === "" ? undefined : options.continue,
    exactResourceVersion: exactVersionOf(options),
  });
  checkVersionReached(options, list);
  return { ...list, items: list.items.map((item: ApiObject) => inServedVersion(item, definition)) };
}

/** With a limit, a plain resourceVersion means exactly that version (Kubernetes API concepts, "Resource versions"). */
function exactVersionOf({
  resourceVersion,
  resourceVersionMatch,
  limit,
  continue: token,
}: ListOptions): string | undefined {
  if (resourceVersion === "" || resourceVersion === "0" || token !== "") return undefined;
  const isExact = resourceVersionMatch === "Exact" || (resourceVersionMatch === "" && limit > 0);
  return isExact ? resourceVersion : undefined;
}

function checkVersionReached({ resourceVersion }: ListOptions, list: ObjectList): void {
  if (resourceVersion === "" || resourceVersion === "0") return;
  if (!/^\d+$/.test(resourceVersion)) throw badResourceVersion(resourceVersion);
  const current = Number(list.resourceVersion);
  if (Number(resourceVersion) > current) throw futureVersion(Number(resourceVersion), current);
}
