import type { IncomingMessage } from "node:http";
import { unauthorized } from "../../apiserver/http/create-api-handler.ts";
import type { UserInfo } from "../../apiserver/resources/resource-definition.ts";
import type { Clock } from "../../shared/clock.ts";
import type { CredentialTable } from "../store/credential-table.ts";

/** Group whose members may do everything, as in Kubernetes. */
export const adminGroup = "system:masters";

/** Returns the authentication of people: a bearer token of a user. Words of agents open nothing here. */
export function createAuthenticate(
  credentials: CredentialTable,
  clock: Clock,
): (request: IncomingMessage) => Promise<UserInfo | undefined> {
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const [scheme, word = ""] = authorization.split(" ");
    const found = scheme?.toLowerCase() === "bearer" ? await credentials.find(word, clock.now()) : undefined;
    if (found?.kind !== "user") throw unauthorized();
    return { name: found.name, groups: found.groups };
  };
}
