import type * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { bundleNamespaceMappingSchema } from "../../shared/api/bundle-namespace-mapping.ts";
import { clusterGroupSchema } from "../../shared/api/cluster-group.ts";
import { clusterSchema } from "../../shared/api/cluster.ts";
import { AppError } from "../../shared/errors.ts";
import type { TargetWorld } from "../../shared/targeting/target-bundle.ts";
import { readInputFile } from "./read-input-file.ts";

/**
 * Returns the clusters of a file of `Cluster`, `ClusterGroup`, `Namespace` and `BundleNamespaceMapping` objects (lists
 * too), as `kubectl get -o yaml` prints them. Objects without a namespace are in the given one. Throws CLUSTERS_INVALID.
 */
export function readClusters(file: string, namespace: string): TargetWorld {
  const objects = readInputFile(file, "clusters file").flatMap(itemsOf);
  const of = (kind: string): JsonObject[] =>
    objects.filter((object) => object["kind"] === kind).map((object) => inNamespace(object, namespace));
  const strange = objects.find(({ kind }) => typeof kind !== "string" || !kinds.has(kind));
  if (strange !== undefined)
    throw invalid(
      file,
      `a document of kind ${JSON.stringify(strange["kind"] ?? null)} describes no cluster: use ${[...kinds].join(", ")}`,
    );
  return {
    clusters: of("Cluster").map((object) => parse(clusterSchema, object, file)),
    groups: of("ClusterGroup").map((object) => parse(clusterGroupSchema, object, file)),
    mappings: of("BundleNamespaceMapping").map((object) => parse(bundleNamespaceMappingSchema, object, file)),
    namespaces: of("Namespace").map(({ metadata }) => ({ name: textOf(metadata, "name"), labels: labelsOf(metadata) })),
  };
}

const kinds: ReadonlySet<string> = new Set(["Cluster", "ClusterGroup", "Namespace", "BundleNamespaceMapping"]);

function itemsOf(value: unknown): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const { items } = value;
  return Array.isArray(items) ? (items as unknown[]).filter(isJsonObject) : [value];
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  return object["kind"] === "Namespace" || "namespace" in metadata
    ? object
    : { ...object, metadata: { ...metadata, namespace } };
}

function parse<S extends z.ZodType>(schema: S, object: JsonObject, file: string): z.output<S> {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    file,
    `${textOf(object, "kind")} ${textOf(object["metadata"], "name")}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
  );
}

function invalid(file: string, problem: string): AppError {
  return new AppError("CLUSTERS_INVALID", `${file}: ${problem}`, { verdict: "stalled", position: { file } });
}

function textOf(value: unknown, key: string): string {
  const field = isJsonObject(value) ? value[key] : undefined;
  return typeof field === "string" ? field : "";
}

function labelsOf(value: unknown): Record<string, string> {
  const labels = isJsonObject(value) ? value["labels"] : undefined;
  return isJsonObject(labels)
    ? Object.fromEntries(
        Object.entries(labels).map(([key, label]) => [key, typeof label === "string" ? label : JSON.stringify(label)]),
      )
    : {};
}
