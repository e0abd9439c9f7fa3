import type { IncomingMessage } from "node:http";
import { bearerToken } from "../apiserver/access/authenticate.ts";
import type { AccessAttributes, Authorize } from "../apiserver/access/request-attributes.ts";
import type { UserInfo } from "../apiserver/resources/resource-definition.ts";

/** What everybody may look at, as with kube-apiserver's `system:public-info-viewer`: load balancers have no token. */
const publicPaths: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz", "/version"]);

/** What every user may look at besides (kube-apiserver: `system:discovery`): kubectl begins with it. */
const discoveryPath = /^\/(?:api|apis|openapi)(?:\/|$)/u;

/** What every user may ask about himself (kube-apiserver: `system:basic-user`). */
const selfReviews: ReadonlySet<string> = new Set([
  "authorization.k8s.io/selfsubjectaccessreviews",
  "authorization.k8s.io/selfsubjectrulesreviews",
  "authentication.k8s.io/selfsubjectreviews",
]);

/** Returns an authorizer that adds to what roles say what kube-apiserver allows everybody, and every user, from the start. */
export function withDefaultRights(authorize: Authorize): Authorize {
  return (asked) => (hasFromTheStart(asked) ? { allowed: true } : authorize(asked));
}

function hasFromTheStart(asked: AccessAttributes): boolean {
  const isUser = !asked.user.groups.includes("system:unauthenticated");
  if (asked.type === "path")
    return asked.verb === "get" && (publicPaths.has(asked.path) || (isUser && discoveryPath.test(asked.path)));
  return isUser && asked.verb === "create" && selfReviews.has(`${asked.group}/${asked.resource}`);
}

/** Who may read the metrics. */
export interface MetricsAccessDeps {
  /** True: everybody. */
  readonly open: boolean;
  readonly userOfToken: (token: string) => Promise<UserInfo | undefined>;
  readonly authorize: Authorize;
}

/** Returns the check of requests for /metrics: 200, 401 without a valid token, 403 where the user's roles do not allow it. */
export function createMetricsAccess(deps: MetricsAccessDeps): (request: IncomingMessage) => Promise<200 | 401 | 403> {
  return async (request) => {
    if (deps.open) return 200;
    const token = bearerToken(request);
    const user = token === undefined ? undefined : await deps.userOfToken(token);
    if (user === undefined) return 401;
    const { allowed } = await deps.authorize({ type: "path", user, verb: "get", path: "/metrics" });
    return allowed ? 200 : 403;
  };
}
