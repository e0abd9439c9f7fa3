import { randomBytes } from "node:crypto";
import type { UserInfo } from "../apiserver/resources/resource-definition.ts";
import type { Clock } from "../shared/clock.ts";

/** Who holds which token. */
export interface ClusterCredentials {
  /** Returns whose token it is; undefined when it is nobody's, or has expired. */
  readonly userOfToken: (token: string) => Promise<UserInfo | undefined>;
  /** Makes a token for a service account. */
  issueToken(account: ServiceAccountName, validMs: number): IssuedToken;
}

/** A service account. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A token with the time until which it is accepted. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresMs: number;
}

/** Returns the credentials of a new cluster: the administrator's token. */
export function createClusterCredentials(adminToken: string, clock: Clock): ClusterCredentials {
  const admin: UserInfo = { name: "admin", groups: ["system:masters"] };
  const issued = new Map<string, { readonly user: UserInfo; readonly expiresMs: number }>();

  return {
    userOfToken: async (token) => {
      if (token === adminToken) return admin;
      const found = issued.get(token);
      return found !== undefined && found.expiresMs > clock.now() ? found.user : undefined;
    },
    issueToken: ({ namespace, name, uid }, validMs) => {
      const token = randomBytes(32).toString("base64url");
      const expiresMs = clock.now() + validMs;
      const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
      issued.set(token, { user: { name: `system:serviceaccount:${namespace}:${name}`, uid, groups }, expiresMs });
      return { token, expiresMs };
    },
  };
}
