import { forbidden, ApiError } from "../resources/api-error.ts";
import { quoteGoString } from "../resources/go-text.ts";
import type { UserInfo } from "../resources/resource-definition.ts";

/** What somebody wants to do with objects of a kind. */
export interface ResourceAttributes {
  readonly type: "resource";
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** "" for cluster-scoped kinds and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
}

/** What somebody wants to do with a path that is no resource: `/version`, `/openapi/v3`. */
export interface PathAttributes {
  readonly type: "path";
  readonly user: UserInfo;
  readonly verb: string;
  readonly path: string;
}

export type AccessAttributes = PathAttributes | ResourceAttributes;

/** What an authorizer says; `reason` is shown to the user. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason?: string | undefined;
}

/** Decides whether a request may go on. */
export type Authorize = (attributes: AccessAttributes) => AccessDecision | Promise<AccessDecision>;

/** Returns the 403 of a refused request, worded as by kube-apiserver. */
export function accessDenied(attributes: AccessAttributes, reason: string | undefined): ApiError {
  const user = `User ${quoteGoString(attributes.user.name)}`;
  const suffix = reason === undefined || reason === "" ? "" : `: ${reason}`;
  if (attributes.type === "path") {
    const problem = `${user} cannot ${attributes.verb} path ${quoteGoString(attributes.path)}${suffix}`;
    return new ApiError("Forbidden", `forbidden: ${problem}`, { details: {} });
  }
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace ${quoteGoString(namespace)}`;
  const problem = `${user} cannot ${verb} resource ${quoteGoString(full)} in API group ${quoteGoString(group)} ${scope}${suffix}`;
  return forbidden({ group, resource }, name, problem);
}
