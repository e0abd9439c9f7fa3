import { describe, expect, it } from "vitest";
import { ownsPath, parseResourcePath } from "../../../../apiserver/http/parse-request-path.ts";

const none = { group: "", version: "v1", namespace: "", resource: "", name: "", subresource: "", watch: false };

const cases = [
  { path: "/api/v1/pods", parts: { resource: "pods" } },
  {
    path: "/api/v1/namespaces/shop/pods/web/status",
    parts: { namespace: "shop", resource: "pods", name: "web", subresource: "status" },
  },
  {
    path: "/apis/apps/v1/namespaces/shop/deployments",
    parts: { group: "apps", namespace: "shop", resource: "deployments" },
  },
  { path: "/api/v1/namespaces/shop", parts: { namespace: "shop", resource: "namespaces", name: "shop" } },
  {
    path: "/api/v1/namespaces/shop/finalize",
    parts: { namespace: "shop", resource: "namespaces", name: "shop", subresource: "finalize" },
  },
  {
    path: "/api/v1/namespaces/shop/status",
    parts: { namespace: "shop", resource: "namespaces", name: "shop", subresource: "status" },
  },
  { path: "/api/v1/watch/namespaces/shop/pods", parts: { namespace: "shop", resource: "pods", watch: true } },
  {
    path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
    parts: { group: "rbac.authorization.k8s.io", resource: "clusterroles", name: "system:node" },
  },
] as const;

describe("parseResourcePath", () => {
  it.for(cases)("reads $path", ({ path, parts }) => {
    expect(parseResourcePath(path)).toEqual({ ...none, ...parts });
  });

  it.for(["/api", "/apis/apps", "/apis/apps/v1", "/version", "/api/v1/pods/%zz"])("sees no resource in %s", (path) => {
    expect(parseResourcePath(path)).toBeUndefined();
  });

  it("leaves paths of others to others", () => {
    expect(["/agent/v1/checkin", "/", "/apiserver"].map(ownsPath)).toEqual([false, false, false]);
    expect(["/api/v1/pods", "/readyz", "/openapi/v3"].map(ownsPath)).toEqual([true, true, true]);
  });
});
