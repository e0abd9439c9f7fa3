import type { IncomingMessage } from "node:http";
import { ApiError } from "../resources/api-error.ts";
import type { ResourceRegistry } from "../resources/resource-registry.ts";
import { ok, pageNotFound, type Answer } from "../http/answer.ts";
import { negotiate } from "../http/negotiate.ts";
import { aggregatedDiscovery, groupDocument, groupList, resourceList } from "./discovery-documents.ts";
import { emptyOpenApiV2, openApiV2Protobuf, wantsOpenApiV2Protobuf } from "./empty-open-api.ts";
import { openApiIndex, openApiV2, openApiV3 } from "./open-api-documents.ts";
import { versionInfo, type ServerVersion } from "./server-version.ts";

/** What discovery tells of. */
export interface DiscoveryOptions {
  readonly registry: ResourceRegistry;
  readonly version: ServerVersion;
  /** Returns why the server is not ready, undefined when it is. */
  readonly notReady?: (() => string | undefined) | undefined;
}

/** Answers the paths that are no resources. */
export interface Discovery {
  answer(request: IncomingMessage, url: URL): Answer;
}

const aggregatedForm = { as: "APIGroupDiscoveryList", group: "apidiscovery.k8s.io", versions: ["v2", "v2beta1"] };

/** Returns what answers `/api`, `/apis`, `/openapi`, `/version` and the health paths. */
export function createDiscovery({ registry, version, notReady }: DiscoveryOptions): Discovery {
  function answer(request: IncomingMessage, url: URL): Answer {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
        details: {},
      });
    }
    const [root = "", first = "", second = ""] = url.pathname.split("/").filter((part) => part !== "");
    switch (root) {
      case "api":
        return first === ""
          ? coreVersions(request)
          : documentOrMissing(resourceList(registry, { group: "", version: first }));
      case "apis":
        return apis(request, first, second);
      case "openapi":
        return openApi(request, url.pathname);
      case "version":
        return ok(versionInfo(version));
      case "healthz":
      case "livez":
        return { status: 200, body: "ok" };
      case "readyz":
        return readiness();
      default:
        return pageNotFound;
    }
  }

  function coreVersions(request: IncomingMessage): Answer {
    const aggregated = aggregatedAnswer(request, true);
    if (aggregated !== undefined) return aggregated;
    const host = request.headers.host ?? "";
    return ok({
      kind: "APIVersions",
      versions: registry.groups().find(({ group }) => group === "")?.versions ?? [],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: host }],
    });
  }

  function apis(request: IncomingMessage, group: string, groupVersion: string): Answer {
    if (group === "") return aggregatedAnswer(request, false) ?? ok(groupList(registry));
    if (groupVersion === "") return documentOrMissing(groupDocument(registry, group));
    return documentOrMissing(resourceList(registry, { group, version: groupVersion }));
  }

  function aggregatedAnswer(request: IncomingMessage, isCore: boolean): Answer | undefined {
    const form = negotiate(request.headers.accept, [aggregatedForm]);
    if (form.as === "") return undefined;
    const contentType = `application/json;g=${form.group};v=${form.version};as=${form.as}`;
    return { ...ok(aggregatedDiscovery(registry, isCore, form.version)), contentType, headers: { Vary: "Accept" } };
  }

  function openApi(request: IncomingMessage, path: string): Answer {
    if (path === "/openapi/v2" && wantsOpenApiV2Protobuf(request.headers.accept)) {
      return { status: 200, body: emptyOpenApiV2(), contentType: openApiV2Protobuf };
    }
    negotiate(request.headers.accept, []);
    if (path === "/openapi/v2") return ok(openApiV2(registry, version));
    if (path === "/openapi/v3" || path === "/openapi/v3/") return ok(openApiIndex(registry));
    return documentOrMissing(openApiV3(registry, version, path.slice("/openapi/v3/".length)));
  }

  function readiness(): Answer {
    const problem = notReady?.();
    return problem === undefined
      ? { status: 200, body: "ok" }
      : { status: 500, body: `[-]${problem}\nreadyz check failed` };
  }

  return { answer };
}

function documentOrMissing(document: Answer["body"] | undefined): Answer {
  return document === undefined ? pageNotFound : { status: 200, body: document };
}
