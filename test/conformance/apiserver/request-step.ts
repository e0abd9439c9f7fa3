import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { ApiObject } from "../../../apiserver/resources/api-object.ts";
import type { KindSchema } from "../../../apiserver/resources/open-api-schema.ts";

/** An object that a sequence of requests works on. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly schema: KindSchema;
  readonly hasStatus: boolean;
  readonly builtIn: boolean;
}

/** One request: a body as it is sent, or for updates a function of the live object. */
export interface Step {
  readonly verb: "apply" | "create" | "json" | "merge" | "strategic" | "update";
  readonly manager: string;
  readonly body: JsonValue | ((live: ApiObject) => JsonValue);
  readonly force?: boolean;
  readonly subresource?: "status";
  /** Where a kind has several versions: the one that the request speaks instead of the target's. */
  readonly version?: string;
}

/** Returns a body with the target's kind, name and namespace, as create and apply need it. */
export function identified(target: Target, body: JsonObject): ApiObject {
  const { group, version, kind, name, namespace } = target;
  const { metadata } = body;
  return {
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    ...body,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      name,
      ...(namespace === "" ? {} : { namespace }),
    },
  };
}
