import type { ApiObject } from "../resources/api-object.ts";
import type { KindSchema } from "../resources/open-api-schema.ts";

/** What server-side apply and update tracking have in common. */
export interface TrackingContext {
  /** The stored object with its managedFields; undefined when the request creates it. */
  readonly live?: ApiObject | undefined;
  /** Name of the field manager that makes the request; an empty one is recorded as `unknown`. */
  readonly manager: string;
  readonly schema: KindSchema;
  /** Time of the request, RFC 3339 in UTC with seconds: `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** `status` or `scale` when the request goes to a subresource. */
  readonly subresource?: string | undefined;
  /** Paths that the request cannot change and nobody comes to own by it: `[["status"]]` on the main resource. */
  readonly resetFields?: readonly (readonly string[])[] | undefined;
}

/** A server-side apply. */
export interface ApplyRequest extends TrackingContext {
  /** The configuration as the client sent it. */
  readonly applied: ApiObject;
  /** Whether fields of other managers are taken over instead of reported as a conflict. */
  readonly force: boolean;
}

/** A create, update or patch. */
export interface UpdateRequest extends TrackingContext {
  /** The object as it will be stored: patched, defaulted, pruned, after admission. */
  readonly updated: ApiObject;
}
