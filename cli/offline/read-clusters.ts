import type * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { YamlDocument } from "../../codec/parse-yaml.ts";
import type { TextPosition } from "../../codec/text-position.ts";
import { bundleNamespaceMappingSchema } from "../../shared/api/bundle-namespace-mapping.ts";
import { clusterGroupSchema } from "../../shared/api/cluster-group.ts";
import { clusterSchema } from "../../shared/api/cluster.ts";
import type { ValuePath } from "../../shared/bundle/decode-lenient.ts";
import { AppError } from "../../shared/errors.ts";
import type { TargetWorld } from "../../shared/targeting/target-bundle.ts";
import { printPlace } from "./findings.ts";
import { issuesAt, readInputDocuments } from "./read-input-file.ts";

/**
 * Returns the clusters of a file of `Cluster`, `ClusterGroup`, `Namespace` and `BundleNamespaceMapping` objects (lists
 * too), as `kubectl get -o yaml` prints them. Objects without a namespace are in the given one. Throws CLUSTERS_INVALID.
 */
export function readClusters(file: string, namespace: string): TargetWorld {
  const objects = readInputDocuments(file, "clusters file").flatMap((document) => itemsOf(document, file));
  const strange = objects.find(({ object: { kind } }) => typeof kind !== "string" || !kinds.has(kind));
  if (strange !== undefined) {
    const kind = JSON.stringify(strange.object["kind"] ?? null);
    throw invalid(strange, `a document of kind ${kind} describes no cluster: use ${[...kinds].join(", ")}`);
  }
  const of = <S extends z.ZodType>(kind: string, schema: S): z.output<S>[] =>
    objects.filter(({ object }) => object["kind"] === kind).map((item) => parse(schema, item, namespace));
  return {
    clusters: of("Cluster", clusterSchema),
    groups: of("ClusterGroup", clusterGroupSchema),
    mappings: of("BundleNamespaceMapping", bundleNamespaceMappingSchema),
    namespaces: objects
      .filter(({ object }) => object["kind"] === "Namespace")
      .map(({ object: { metadata } }) => ({ name: textOf(metadata, "name"), labels: labelsOf(metadata) })),
  };
}

const kinds: ReadonlySet<string> = new Set(["Cluster", "ClusterGroup", "Namespace", "BundleNamespaceMapping"]);

/** An object, and where it stands. */
interface ClusterItem {
  readonly object: JsonObject;
  readonly document: YamlDocument;
  /** Leads to the object in its document. */
  readonly path: ValuePath;
  readonly file: string;
}

function itemsOf(document: YamlDocument, file: string): ClusterItem[] {
  const { value } = document;
  if (value === null) return [];
  if (!isJsonObject(value)) throw invalid({ document, path: [], file }, "a document is no object");
  const { items } = value;
  if (!Array.isArray(items)) return [{ object: value, document, path: [], file }];
  return (items as unknown[]).flatMap((object, index) =>
    isJsonObject(object) ? [{ object, document, path: ["items", index], file }] : [],
  );
}

function inNamespace(object: JsonObject, namespace: string): JsonObject {
  const metadata = isJsonObject(object["metadata"]) ? object["metadata"] : {};
  return "namespace" in metadata ? object : { ...object, metadata: { ...metadata, namespace } };
}

function parse<S extends z.ZodType>(schema: S, item: ClusterItem, namespace: string): z.output<S> {
  const { object, document, path } = item;
  const parsed = schema.safeParse(inNamespace(object, namespace));
  if (parsed.success) return parsed.data;
  const { problems, place } = issuesAt(parsed.error.issues, document, path);
  const name = `${textOf(object, "kind")} ${textOf(object["metadata"], "name")}`;
  throw invalid(item, `${name}: ${problems[0] ?? "invalid"}`, place);
}

function invalid(
  { document, path, file }: Pick<ClusterItem, "document" | "path" | "file">,
  problem: string,
  place: TextPosition | undefined = document.positionOf(path),
): AppError {
  const { line = 1, column = 1 } = place ?? {};
  const position = { file, line, column };
  return new AppError("CLUSTERS_INVALID", `${printPlace(position)}: ${problem}`, { verdict: "stalled", position });
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
