import type { JsonValue } from "../../../codec/json-value.ts";
import type { ApiObject, ObjectMeta } from "../api-object.ts";
import { jsonEqual, withoutFields } from "../json-fields.ts";
import { metaTime, type WriteRequest, type WriterParts } from "./write-request.ts";

/** Characters of generated names: no vowels and nothing that looks like another (k8s.io/apimachinery util/rand). */
const nameAlphabet = "bcdfghjklmnpqrstvwxz2456789";
/** What a client cannot set on a new object. */
const serverFields = [
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "selfLink",
  "namespace",
  "resourceVersion",
];
const maxGeneratedLength = 63 - 5;

/** Returns the object with what the server decides about a new one: name, namespace, uid, times, generation. */
export function stampNew(object: ApiObject, request: WriteRequest, parts: WriterParts): ApiObject {
  const { definition } = request;
  const { name, generateName } = object.metadata;
  const given = withoutFields(object.metadata, ...serverFields);
  const metadata: ObjectMeta = {
    ...withoutEmptyMaps(given),
    ...nameOf(name, generateName, parts),
    ...(definition.names.namespaced ? { namespace: request.namespace } : {}),
    uid: parts.randomUid(),
    ...(definition.tracksGeneration ? { generation: 1 } : {}),
    creationTimestamp: metaTime(parts.clock.now()),
  };
  return { ...object, metadata };
}

function nameOf(name: string | undefined, generateName: string | undefined, parts: WriterParts): { name?: string } {
  if (name !== undefined && name !== "") return { name };
  if (generateName === undefined || generateName === "") return {};
  const suffix = Array.from({ length: 5 }, () => nameAlphabet[Math.floor(parts.random() * nameAlphabet.length)]).join(
    "",
  );
  return { name: generateName.slice(0, maxGeneratedLength) + suffix };
}

/** Returns an updated object with what an update cannot change taken from the stored one, and its generation counted. */
export function carryMetadata(updated: ApiObject, previous: ApiObject, request: WriteRequest): ApiObject {
  const { creationTimestamp, uid, generation, deletionTimestamp, deletionGracePeriodSeconds, namespace } =
    previous.metadata;
  const given = withoutFields(updated.metadata, "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink");
  const metadata: ObjectMeta = {
    ...withoutEmptyMaps(given),
    ...defined({ namespace, uid, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds }),
  };
  const carried = { ...updated, metadata };
  if (!request.definition.tracksGeneration) return carried;
  const isNew = !jsonEqual(specPart(carried), specPart(previous));
  return { ...carried, metadata: { ...metadata, generation: (generation ?? 0) + (isNew ? 1 : 0) } };
}

function specPart(object: ApiObject): JsonValue {
  return withoutFields(object, "metadata", "status", "apiVersion", "kind");
}

function defined(fields: Readonly<Record<string, JsonValue | undefined>>): ObjectMeta {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

/** Go's `omitempty`: empty labels, annotations, finalizers and owners are not stored. */
function withoutEmptyMaps(metadata: ObjectMeta): ObjectMeta {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([, value]) => value !== null && value !== "" && (typeof value !== "object" || Object.keys(value).length > 0),
    ),
  );
}
