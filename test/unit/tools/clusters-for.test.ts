import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../codec/json-value.ts";
import { clustersFor } from "../../../tools/try-repositories/clusters-for.ts";

describe("clustersFor", () => {
  it("makes a plain cluster in the group default when there is no target", () => {
    const [cluster, group] = clustersFor([]);
    expect(cluster).toMatchObject({ kind: "Cluster", metadata: { name: "plain", labels: { "try/all": "yes" } } });
    expect(group).toMatchObject({
      kind: "ClusterGroup",
      metadata: { name: "default" },
      spec: { selector: { matchLabels: { "try/all": "yes" } } },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ["labels", { clusterSelector: { matchLabels: { env: "prod" } } }, { labels: { "try/all": "yes", env: "prod" } }],
    [
      "expressions",
      { clusterSelector: { matchExpressions: [{ key: "a", operator: "In", values: ["x", "y"] }] } },
      { labels: { "try/all": "yes", a: "x" } },
    ],
    ["a name", { clusterName: "edge" }, { name: "edge" }],
    ["a group", { clusterGroup: "g" }, { labels: { "try/all": "yes", "try/group-g": "yes" } }],
  ])("makes a cluster that a target by %s matches", (_, target, metadata) => {
    const clusters = clustersFor([{ spec: { targets: [target, target] } }]).filter(({ kind }) => kind === "Cluster");
    expect(clusters).toHaveLength(2);
    expect(clusters[1]).toMatchObject({ metadata });
  });
});
