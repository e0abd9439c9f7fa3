import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { formatGroupVersion } from "../resources/api-object.ts";
import type { ServedResource } from "../resources/resource-definition.ts";
import type { GroupVersion, ResourceRegistry } from "../resources/resource-registry.ts";
import { collectSchemas } from "./collect-schemas.ts";
import { resourcePaths } from "./open-api-paths.ts";
import type { ServerVersion } from "./server-version.ts";

/** Returns the index of `/openapi/v3`: a document for each group and version, with a hash of its content in the URL. */
export function openApiIndex(registry: ResourceRegistry): JsonObject {
  const paths = registry.groups().flatMap(({ group, versions }) =>
    versions.map((version): [string, JsonValue] => {
      const name = documentName({ group, version });
      const hash = contentHash(registry.ofGroupVersion(group, version));
      return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }];
    }),
  );
  return { paths: Object.fromEntries(paths) };
}

/** Returns the OpenAPI v3 document of "api/v1" or "apis/GROUP/VERSION", undefined when it is not served. */
export function openApiV3(registry: ResourceRegistry, version: ServerVersion, name: string): JsonObject | undefined {
  const groupVersion = parseDocumentName(name);
  if (groupVersion === undefined) return undefined;
  const resources = registry.ofGroupVersion(groupVersion.group, groupVersion.version);
  if (resources.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: version.gitVersion },
    paths: Object.fromEntries(resources.flatMap(resourcePaths)),
    components: { schemas: collectSchemas(resources, "#/components/schemas/") },
  };
}

/** Returns the OpenAPI v2 document of everything, for clients that know no better: schemas without paths. */
export function openApiV2(registry: ResourceRegistry, version: ServerVersion): JsonObject {
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: version.gitVersion },
    paths: {},
    definitions: collectSchemas(registry.all(), "#/definitions/"),
  };
}

function documentName({ group, version }: GroupVersion): string {
  return `${group === "" ? "api" : "apis"}/${formatGroupVersion(group, version)}`;
}

function parseDocumentName(name: string): GroupVersion | undefined {
  const [root, first = "", second = ""] = name.split("/");
  if (root === "api") return { group: "", version: first };
  return root === "apis" ? { group: first, version: second } : undefined;
}

/** Built-in schemas never change while a server runs; those of custom resources do. */
function contentHash(resources: readonly ServedResource[]): string {
  const content = resources.map((resource) => ({
    names: resource.names,
    schema: resource.type === "stored" && !resource.builtIn ? resource.schema?.root : undefined,
  }));
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").toUpperCase();
}
