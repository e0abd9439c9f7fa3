import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

import type { JsonObject } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { bundleNamespaceMappingSchema } from "../../../shared/api/bundle-namespace-mapping.ts";
import { gitTargetSchema } from "../../../shared/api/bundle-target.ts";
import { clusterGroupSchema } from "../../../shared/api/cluster-group.ts";
import { clusterSchema } from "../../../shared/api/cluster.ts";
import { labelSelectorSchema } from "../../../shared/api/label-selector.ts";
import { fleetApiVersion } from "../../../shared/api/meta.ts";
import type { RepoTree } from "../../../shared/bundle/repo-tree.ts";
import type { TargetWorld } from "../../../shared/targeting/target-bundle.ts";
import { folderTree } from "../../support/memory-tree.ts";

const labels = z.record(z.string(), z.string()).optional();

const caseSchema = z.object({
  title: z.string(),
  area: z.string(),
  apply: z.object({ name: z.string(), namespace: z.string(), args: z.array(z.string()), paths: z.array(z.string()) }),
  targets: z.array(gitTargetSchema).optional(),
  clusters: z.array(
    z.object({
      name: z.string(),
      namespace: z.string().optional(),
      labels,
      annotations: labels,
      templateValues: z.custom<JsonObject>().optional(),
      paused: z.boolean().optional(),
      status: z.object({ scheduled: z.boolean().optional(), activeSchedule: z.boolean().optional() }).optional(),
    }),
  ),
  clusterGroups: z.array(z.object({ name: z.string(), labels, selector: labelSelectorSchema.optional() })).default([]),
  namespaces: z.array(z.object({ name: z.string(), labels })).default([]),
  bundleNamespaceMappings: z
    .array(z.object({ name: z.string(), bundleSelector: labelSelectorSchema.optional(), namespaceSelector: labelSelectorSchema.optional() }))
    .default([]),
  deploy: z.object({ kubeVersion: z.string().optional() }).optional(),
  generate: z
    .array(z.object({ path: z.string().optional(), file: z.string().optional(), count: z.number(), line: z.string() }))
    .default([]),
  order: z.boolean().optional(),
  stopAfter: z.string().optional(),
  volatile: z.array(z.string()).default([]),
});

const errorSchema = z.object({ phase: z.string(), bundle: z.string().optional(), cluster: z.string().optional() });

/** One expected or actual failure. */
export type CaseError = z.infer<typeof errorSchema>;

/** One recorded case: its description, its repository, its clusters and what Fleet made of them. */
export interface FleetCase extends z.infer<typeof caseSchema> {
  readonly id: string;
  readonly folder: string;
  readonly tree: RepoTree;
  readonly world: TargetWorld;
  /** Documents of expected/bundles.yaml; undefined when building failed. */
  readonly bundles: readonly JsonObject[] | undefined;
  /** Entries of expected/targets.yaml. */
  readonly entries: readonly JsonObject[] | undefined;
  readonly errors: readonly CaseError[];
}

function documents(path: string): JsonObject[] | undefined {
  if (!existsSync(path)) return undefined;
  return parseYaml(readFileSync(path, "utf8"), { file: path }).map((document) => z.custom<JsonObject>().parse(document.value));
}

/** Returns a case read from its folder. */
export function readCase(folder: string, id: string): FleetCase {
  const path = join(folder, id);
  const description = caseSchema.parse(documents(join(path, "case.yaml"))?.[0]);
  const { apply, clusters, clusterGroups, namespaces, bundleNamespaceMappings } = description;
  const meta = (name: string, namespace = apply.namespace): { name: string; namespace: string } => ({ name, namespace });
  const generated = description.generate.map(({ path: named, file, count, line }) => [
    named ?? file ?? "",
    Array.from({ length: count }, (_, index) => `${line.replaceAll("%d", String(index))}\n`).join(""),
  ]);
  return {
    ...description,
    id,
    folder: path,
    tree: folderTree(join(path, "repo"), Object.fromEntries(generated)),
    world: {
      clusters: clusters.map(({ name, namespace, labels: own = {}, annotations = {}, templateValues, paused, status }) =>
        clusterSchema.parse({
          apiVersion: fleetApiVersion,
          kind: "Cluster",
          metadata: { ...meta(name, namespace), labels: own, annotations },
          spec: { ...(templateValues === undefined ? {} : { templateValues }), ...(paused === undefined ? {} : { paused }) },
          status: { namespace: `cluster-${name}`, ...status },
        }),
      ),
      groups: clusterGroups.map(({ name, labels: own = {}, selector }) =>
        clusterGroupSchema.parse({
          apiVersion: fleetApiVersion,
          kind: "ClusterGroup",
          metadata: { ...meta(name), labels: own },
          spec: selector === undefined ? {} : { selector },
        }),
      ),
      namespaces: namespaces.map(({ name, labels: own = {} }) => ({ name, labels: own })),
      mappings: bundleNamespaceMappings.map(({ name, ...selectors }) =>
        bundleNamespaceMappingSchema.parse({ apiVersion: fleetApiVersion, kind: "BundleNamespaceMapping", metadata: meta(name), ...selectors }),
      ),
    },
    bundles: documents(join(path, "expected/bundles.yaml")),
    entries: z.array(z.custom<JsonObject>()).optional().parse(documents(join(path, "expected/targets.yaml"))?.[0]),
    errors: (documents(join(path, "expected/error.txt")) ?? []).map((document) => errorSchema.parse(document)),
  };
}
