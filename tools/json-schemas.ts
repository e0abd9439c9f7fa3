import * as z from "zod";

import { bundleNamespaceMappingSchema } from "../shared/api/bundle-namespace-mapping.ts";
import { bundleSchema } from "../shared/api/bundle.ts";
import { bundleDeploymentSchema } from "../shared/api/bundle-deployment.ts";
import { clusterGroupSchema } from "../shared/api/cluster-group.ts";
import { clusterSchema } from "../shared/api/cluster.ts";
import { objectMetaSchema } from "../shared/api/fields.ts";
import { fleetYamlSchema } from "../shared/api/fleet-yaml.ts";
import { gitRepoSchema } from "../shared/api/git-repo.ts";
import { fleetApiVersion } from "../shared/api/meta.ts";
import { registrationTokenSpecSchema, registrationTokenStatusSchema } from "../shared/api/registration-token.ts";
import { userSpecSchema, userStatusSchema } from "../shared/api/user.ts";

function kindSchema(kind: string, spec: z.ZodType, status: z.ZodType): z.ZodType {
  return z.looseObject({
    apiVersion: z.literal(fleetApiVersion),
    kind: z.literal(kind),
    metadata: objectMetaSchema,
    spec: spec.exactOptional(),
    status: status.exactOptional(),
  });
}

/** Schemas that editors can use, by file name. */
const sources: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  "fleet-yaml.json": { title: "fleet.yaml", schema: fleetYamlSchema },
  "git-repo.json": { title: "GitRepo", schema: gitRepoSchema },
  "bundle.json": { title: "Bundle", schema: bundleSchema },
  "bundle-deployment.json": { title: "BundleDeployment", schema: bundleDeploymentSchema },
  "bundle-namespace-mapping.json": { title: "BundleNamespaceMapping", schema: bundleNamespaceMappingSchema },
  "cluster.json": { title: "Cluster", schema: clusterSchema },
  "cluster-group.json": { title: "ClusterGroup", schema: clusterGroupSchema },
  "cluster-registration-token.json": {
    title: "ClusterRegistrationToken",
    schema: kindSchema("ClusterRegistrationToken", registrationTokenSpecSchema, registrationTokenStatusSchema),
  },
  "user.json": { title: "User", schema: kindSchema("User", userSpecSchema, userStatusSchema) },
};

/** Returns the text of each JSON Schema file (draft 2020-12) by its name. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  const files = Object.entries(sources).map(([file, { title, schema }]): [string, string] => {
    const body = z.toJSONSchema(schema, {
      unrepresentable: "any",
      io: "input",
      reused: "ref",
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema instanceof z.ZodCustom) Object.assign(jsonSchema, { type: "object" });
        // Fleet ignores keys that it does not know; an editor should show them.
        if (schema === fleetYamlSchema && zodSchema instanceof z.ZodObject) jsonSchema.additionalProperties = false;
      },
    });
    const shown = schema === fleetYamlSchema ? { ...forFleetYaml(body), type: "object" } : body;
    return [file, `${JSON.stringify({ title, ...shown }, undefined, 2)}\n`];
  });
  return Object.fromEntries(files);
}

/** What refers to a closed schema must not be closed itself, it has no fields of its own; and Fleet takes `null` anywhere. */
function forFleetYaml(node: object): object {
  const isFixed = "enum" in node || "const" in node;
  const entries = Object.entries(node)
    .filter(([key]) => key !== "additionalProperties" || !("$ref" in node))
    .map(([key, value]: [string, unknown]) => [key, key === "type" && !isFixed ? orNull(value) : forPart(value)]);
  return Object.fromEntries(entries);
}

function forPart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forPart);
  return typeof value === "object" && value !== null ? forFleetYaml(value) : value;
}

function orNull(type: unknown): unknown {
  return typeof type === "string" && type !== "null" ? [type, "null"] : type;
}
