import * as z from "zod";
import { bundleDeploymentSpecSchema, bundleDeploymentStatusSchema } from "../shared/api/bundle-deployment.ts";
import { bundleSpecSchema } from "../shared/api/bundle-spec.ts";
import { bundleStatusSchema } from "../shared/api/bundle.ts";
import { clusterGroupSpecSchema, clusterGroupStatusSchema } from "../shared/api/cluster-group.ts";
import { clusterSpecSchema, clusterStatusSchema } from "../shared/api/cluster.ts";
import { deploymentOptionsSchema } from "../shared/api/deployment-options.ts";
import { fleetYamlSchema } from "../shared/api/fleet-yaml.ts";
import { gitRepoSpecSchema, gitRepoStatusSchema } from "../shared/api/git-repo.ts";
import { registrationTokenSpecSchema, registrationTokenStatusSchema } from "../shared/api/registration-token.ts";
import { markdownTable } from "./markdown-table.ts";

/** Tables that pages of docs/spec may hold, by the name in their marker `<!-- fields: NAME -->`. */
const tables: Readonly<Record<string, z.ZodObject>> = {
  "git-repo": gitRepoSpecSchema,
  "git-repo status": gitRepoStatusSchema,
  bundle: without(bundleSpecSchema, deploymentOptionsSchema),
  "bundle status": bundleStatusSchema,
  cluster: clusterSpecSchema,
  "cluster status": clusterStatusSchema,
  "cluster-group": clusterGroupSpecSchema,
  "cluster-group status": clusterGroupStatusSchema,
  "bundle-deployment": bundleDeploymentSpecSchema,
  "bundle-deployment status": bundleDeploymentStatusSchema,
  "fleet-yaml": without(fleetYamlSchema, deploymentOptionsSchema),
  options: deploymentOptionsSchema,
  "cluster-registration-token": registrationTokenSpecSchema,
  "cluster-registration-token status": registrationTokenStatusSchema,
};

/** Fields whose inside is described elsewhere: the type to show instead. */
const describedElsewhere: Readonly<Record<string, string>> = {
  clusterSelector: "label selector",
  clusterGroupSelector: "label selector",
  selector: "label selector",
  allowedTargetNamespaceSelector: "label selector",
  targets: "list of targets",
  targetCustomizations: "list of customizations",
  targetRestrictions: "list of restrictions",
  overrideTargets: "list of targets",
  options: "options, see fleet.yaml",
  stagedOptions: "options, see fleet.yaml",
  conditions: "list of conditions",
  summary: "counts by state",
  resourceCounts: "counts of objects",
};

const marker = /<!-- fields: ([a-z -]+) -->\n(?:[\s\S]*?)<!-- end of fields -->/gu;

/** Returns the text of a page with the table between each pair of markers made anew. Throws on an unknown table. */
export function withFieldTables(text: string): string {
  return text.replaceAll(marker, (_whole, name: string) => {
    const schema = tables[name];
    if (schema === undefined) throw new Error(`there is no table ${name}: ${Object.keys(tables).join(", ")}`);
    return `<!-- fields: ${name} -->\n${fieldTable(schema)}\n<!-- end of fields -->`;
  });
}

/** Returns the names of all tables. */
export function fieldTableNames(): readonly string[] {
  return Object.keys(tables);
}

/** Returns the schema without the fields that another one describes. */
function without(schema: z.ZodObject, other: z.ZodObject): z.ZodObject {
  return z.looseObject(Object.fromEntries(Object.entries(schema.shape).filter(([key]) => !(key in other.shape))));
}

/** A nullable field has several types: the first one that is a value counts. */
const typeSchema = z
  .union([z.string(), z.array(z.string()).transform((types) => types.find((type) => type !== "null") ?? "any")])
  .optional();

const nodeSchema = z.looseObject({
  type: typeSchema,
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: typeSchema })).optional(),
  get properties() {
    return z.record(z.string(), nodeSchema).optional();
  },
  get items() {
    return nodeSchema.optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), nodeSchema]).optional();
  },
});
type Node = z.infer<typeof nodeSchema>;

function fieldTable(schema: z.ZodObject): string {
  const node = nodeSchema.parse(
    z.toJSONSchema(schema, {
      unrepresentable: "any",
      io: "input",
      override: ({ zodSchema, jsonSchema }) => {
        if (zodSchema instanceof z.ZodCustom) Object.assign(jsonSchema, { type: "object" });
      },
    }),
  );
  return markdownTable(["Field", "Type", "Meaning"], rowsOf(node, ""));
}

function rowsOf(node: Node, prefix: string): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const elsewhere = describedElsewhere[name];
    const own = [`\`${path}\``, elsewhere ?? typeName(field), field.description ?? ""];
    if (elsewhere !== undefined) return [own];
    if (field.type === "array" && field.items !== undefined) return [own, ...rowsOf(field.items, `${path}[].`)];
    return [own, ...rowsOf(field, `${path}.`)];
  });
}

function typeName(node: Node): string {
  if (node.enum !== undefined) return node.enum.map(String).join(", ");
  if (node.anyOf !== undefined)
    return node.anyOf.flatMap(({ type = "any" }) => (type === "null" ? [] : [type])).join(" or ");
  if (node.type === "array") return `list of ${plural(node.items === undefined ? "any" : typeName(node.items))}`;
  if (node.type !== "object") return node.type ?? "any";
  const values = node.additionalProperties;
  const isMap = node.properties === undefined && typeof values === "object" && values.type !== undefined;
  return isMap ? `map to ${typeName(values)}` : "object";
}

function plural(word: string): string {
  return word === "any" ? "values" : `${word}s`;
}
