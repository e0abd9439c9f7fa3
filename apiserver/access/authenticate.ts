import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { ApiError } from "../resources/api-error.ts";
import type { UserInfo } from "../resources/resource-definition.ts";

/** A way to tell who makes a request: undefined when it carries no such credential, 401 when it is wrong. */
export type Authenticate = (request: IncomingMessage) => Promise<UserInfo | undefined>;

/** Returns the 401 of wrong credentials. */
export function unauthorized(): ApiError {
  return new ApiError("Unauthorized", "Unauthorized");
}

/** Returns the bearer token of a request, undefined when it has none. */
export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** Returns authentication by bearer token; a token that `userOfToken` does not know is refused. */
export function byBearerToken(userOfToken: (token: string) => Promise<UserInfo | undefined>): Authenticate {
  return async (request) => {
    const token = bearerToken(request);
    if (token === undefined) return undefined;
    const user = await userOfToken(token);
    if (user === undefined) throw unauthorized();
    return user;
  };
}

/** Returns authentication by a client certificate that the TLS server has verified: CN is the name, O are the groups. */
export function byClientCertificate(): Authenticate {
  return async ({ socket }) => {
    if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
    const { subject } = socket.getPeerCertificate();
    const name = firstOf(subject?.CN);
    if (name === undefined || name === "") return undefined;
    const organizations: unknown = subject.O;
    const groups = (Array.isArray(organizations) ? organizations : [organizations]).filter(isText);
    return { name, groups };
  };
}

/** Returns the first of several ways that knows who it is. */
export function firstKnown(...ways: readonly Authenticate[]): Authenticate {
  return async (request) => {
    for (const way of ways) {
      const user = await way(request);
      if (user !== undefined) return user;
    }
    return undefined;
  };
}

function firstOf(value: unknown): string | undefined {
  if (isText(value)) return value;
  return Array.isArray(value) ? value.find(isText) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
