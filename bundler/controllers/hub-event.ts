import { randomUUID } from "node:crypto";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { JsonObject } from "../../codec/json-value.ts";

/** What an Event of the hub says, and of what. */
export interface EventFacts {
  readonly name: string;
  readonly namespace: string;
  /** Reference to the object. */
  readonly about: JsonObject;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, as `metaTime` writes it. */
  readonly time: string;
}

/** Returns a Warning of the hub that was noticed once. */
export function warningEvent({ name, namespace, about, reason, message, time }: EventFacts): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace, uid: randomUUID(), creationTimestamp: time },
    type: "Warning",
    reason,
    message,
    involvedObject: about,
    source: { component: "drover-bundler" },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
