import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { registrationTokenSpecSchema } from "../../shared/api/registration-token.ts";
import { userSpecSchema } from "../../shared/api/user.ts";
import type { Clock } from "../../shared/clock.ts";
import { parseDuration } from "../../shared/duration.ts";
import type { CredentialTable } from "../store/credential-table.ts";
import type { Database } from "../store/database.ts";

/** What issuing works with. */
export interface IssueTokenDeps {
  readonly db: Database;
  readonly credentials: CredentialTable;
  readonly clock: Clock;
}

/** Returns a ClusterRegistrationToken with a new secret word in its status; only the word's hash is stored. */
export async function issueToken(deps: IssueTokenDeps, token: ApiObject): Promise<ApiObject> {
  const { ttl, clusterLabels } = registrationTokenSpecSchema.parse(token["spec"] ?? {});
  const expiresMs = ttl === undefined || ttl === "" ? undefined : deps.clock.now() + parseDuration(ttl);
  const { namespace = "", name = "" } = token.metadata;
  const word = await deps.db.transaction((sql) =>
    deps.credentials.issue(sql, {
      kind: "registration",
      namespace,
      name,
      expiresMs,
      labels: clusterLabels ?? {},
      groups: [],
    }),
  );
  return withToken(token, word, expiresMs);
}

/** Returns a User with a new secret word for the API in its status; only the word's hash is stored. */
export async function issueUserToken(deps: IssueTokenDeps, user: ApiObject): Promise<ApiObject> {
  const { ttl, groups } = userSpecSchema.parse(user["spec"] ?? {});
  const expiresMs = ttl === undefined || ttl === "" ? undefined : deps.clock.now() + parseDuration(ttl);
  const { name = "" } = user.metadata;
  const word = await deps.db.transaction((sql) =>
    deps.credentials.issue(sql, { kind: "user", namespace: "", name, expiresMs, labels: {}, groups: groups ?? [] }),
  );
  return withToken(user, word, expiresMs);
}

function withToken(object: ApiObject, word: string, expiresMs: number | undefined): ApiObject {
  return {
    ...object,
    status: { token: word, ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }) },
  };
}
