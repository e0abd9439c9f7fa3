import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { bundleTargetSchema } from "../../shared/api/bundle-target.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";

/** Entries of one bundle that get a cluster of their own; load tests have thousands of them. */
const maxTargets = 20;

/**
 * Returns Cluster and ClusterGroup objects for which the targets and customizations of these bundles match: one plain
 * cluster, and one for each entry, with the labels, the name or the group that it asks for.
 */
export function clustersFor(bundles: readonly JsonObject[]): JsonObject[] {
  const everyone = { "try/all": "yes" };
  const clusters = new Map([["plain", cluster("plain", everyone)]]);
  const groups = new Map([["default", group("default", everyone)]]);
  for (const target of bundles.flatMap(targetsOf)) {
    const parsed = bundleTargetSchema.safeParse(target);
    if (!parsed.success) continue;
    const { clusterName = "", clusterGroup = "", clusterSelector, clusterGroupSelector } = parsed.data;
    const labels: Record<string, string> = { ...everyone, ...labelsFor(clusterSelector) };
    if (clusterGroup !== "" && clusterGroup !== "default") {
      labels[`try/group-${clusterGroup}`] = "yes";
      groups.set(clusterGroup, group(clusterGroup, { [`try/group-${clusterGroup}`]: "yes" }));
    }
    if (clusterGroupSelector !== undefined) {
      const name = `group-${groups.size}`;
      labels[`try/${name}`] = "yes";
      groups.set(name, group(name, { [`try/${name}`]: "yes" }, labelsFor(clusterGroupSelector)));
    }
    const key = clusterName === "" ? JSON.stringify(labels) : clusterName;
    const name = clusterName === "" ? `cluster-${clusters.size}` : clusterName;
    if (!clusters.has(key)) clusters.set(key, cluster(name, labels));
  }
  return [...clusters.values(), ...groups.values()];
}

function targetsOf(bundle: JsonObject): readonly JsonValue[] {
  const targets = isJsonObject(bundle["spec"]) ? bundle["spec"]["targets"] : undefined;
  return Array.isArray(targets) ? targets.slice(0, maxTargets) : [];
}

type Selector = NonNullable<ReturnType<typeof bundleTargetSchema.parse>["clusterSelector"]>;

/** Labels that a selector asks for, as far as it asks for any. */
function labelsFor(selector: Selector | undefined): Record<string, string> {
  const labels: Record<string, string> = { ...selector?.matchLabels };
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    if (operator === "In") labels[key] = values?.[0] ?? "";
    if (operator === "Exists") labels[key] = "yes";
  }
  return labels;
}

function cluster(name: string, labels: Record<string, string>): JsonObject {
  return { apiVersion: fleetApiVersion, kind: "Cluster", metadata: { name, labels } };
}

function group(name: string, matchLabels: Record<string, string>, labels: Record<string, string> = {}): JsonObject {
  return {
    apiVersion: fleetApiVersion,
    kind: "ClusterGroup",
    metadata: { name, labels },
    spec: { selector: { matchLabels } },
  };
}
