import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { registrationTokenSpecSchema } from "../../shared/api/registration-token.ts";
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
  return {
    ...token,
    status: { token: word, ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }) },
  };
}
