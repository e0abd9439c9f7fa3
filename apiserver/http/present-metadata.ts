import type { ApiObject } from "../resources/api-object.ts";

/** Returns the object's metadata as PartialObjectMetadata of a version of meta.k8s.io. */
export function metadataOnly({ metadata }: ApiObject, version: string): ApiObject {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata };
}
