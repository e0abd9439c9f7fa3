import type { IncomingMessage } from "node:http";
import type { UserInfo } from "../resources/resource-definition.ts";
import { accessDenied, type Authorize, type ResourceAttributes } from "./request-attributes.ts";

/**
 * Returns the user that a request wants to act as (`Impersonate-User`, `-Group`, `-Uid`: `kubectl --as`), or the user
 * itself. Throws 403 unless the user may impersonate that user and each group.
 */
export async function impersonated(request: IncomingMessage, user: UserInfo, authorize: Authorize): Promise<UserInfo> {
  const name = headerOf(request, "impersonate-user")[0];
  const groups = headerOf(request, "impersonate-group");
  const uid = headerOf(request, "impersonate-uid")[0];
  if (name === undefined || name === "") return user;
  await demand(attributesOf(user, "users", name), authorize);
  for (const group of groups) await demand(attributesOf(user, "groups", group), authorize);
  if (uid !== undefined) {
    await demand({ ...attributesOf(user, "uids", uid), group: "authentication.k8s.io" }, authorize);
  }
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
  const implied = account === null ? [] : ["system:serviceaccounts", `system:serviceaccounts:${account[1] ?? ""}`];
  const all = groups.length > 0 ? groups : implied;
  return { name, uid, groups: [...all, "system:authenticated"] };
}

async function demand(attributes: ResourceAttributes, authorize: Authorize): Promise<void> {
  const decision = await authorize(attributes);
  if (!decision.allowed) throw accessDenied(attributes, decision.reason);
}

function attributesOf(user: UserInfo, resource: string, name: string): ResourceAttributes {
  return {
    type: "resource",
    user,
    verb: "impersonate",
    group: "",
    version: "v1",
    resource,
    subresource: "",
    namespace: "",
    name,
  };
}

function headerOf({ headersDistinct }: IncomingMessage, name: string): readonly string[] {
  return headersDistinct[name] ?? [];
}
