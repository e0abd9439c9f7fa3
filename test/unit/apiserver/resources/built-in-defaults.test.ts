import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import { applyBuiltInDefaults } from "../../../../apiserver/resources/built-in-defaults/apply-built-in-defaults.ts";
import { builtInSchemas } from "../../../../apiserver/resources/built-in-schemas.ts";
import { fieldAt } from "../../../../apiserver/resources/json-fields.ts";
import type { JsonObject, JsonValue } from "../../../../codec/json-value.ts";

function defaulted(group: string, kind: string, fields: JsonObject): ApiObject {
  const schema = builtInSchemas().forKind(group, "v1", kind);
  if (schema === undefined) throw new Error(`no schema for ${kind}`);
  const apiVersion = group === "" ? "v1" : `${group}/v1`;
  return applyBuiltInDefaults({ apiVersion, kind, metadata: { name: "x" }, ...fields }, schema);
}

function podWith(container: JsonObject): JsonValue | undefined {
  const pod = defaulted("", "Pod", { spec: { containers: [{ name: "c", image: "nginx", ...container }] } });
  return fieldAt(pod, "spec", "containers");
}

// The whole breadth is compared with a real server in test/conformance/apiserver/.
describe("applyBuiltInDefaults", () => {
  it("fills in a Deployment", () => {
    expect(defaulted("apps", "Deployment", { spec: {} })["spec"]).toEqual({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector: null,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
      template: {
        metadata: {},
        spec: {
          containers: null,
          dnsPolicy: "ClusterFirst",
          restartPolicy: "Always",
          schedulerName: "default-scheduler",
          securityContext: {},
          terminationGracePeriodSeconds: 30,
        },
      },
    });
  });

  it("keeps zeros that are pointers in Go, and drops those that are not", () => {
    const spec = defaulted("apps", "Deployment", { spec: { replicas: 0, minReadySeconds: 0, paused: false } })["spec"];
    expect([fieldAt(spec, "replicas"), fieldAt(spec, "minReadySeconds"), fieldAt(spec, "paused")]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["host:5000/nginx", "Always"],
    ["nginx:1.2", "IfNotPresent"],
    ["nginx@sha256:00", "IfNotPresent"],
    ["nginx:latest@sha256:00", "Always"],
  ])("pulls %s %s", (image, policy) => {
    expect(podWith({ image })).toMatchObject([{ imagePullPolicy: policy }]);
  });

  it("lets requests of a pod follow its limits, in canonical form", () => {
    const resources = { limits: { cpu: "1000m", memory: "1024Mi" }, requests: { cpu: "0.5" } };
    expect(podWith({ resources })).toMatchObject([
      { resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m", memory: "1Gi" } } },
    ]);
  });

  it("labels a namespace with its name", () => {
    expect(defaulted("", "Namespace", {}).metadata.labels).toEqual({ "kubernetes.io/metadata.name": "x" });
  });

  it("leaves custom resources as they are", () => {
    const object: ApiObject = { apiVersion: "a/v1", kind: "B", metadata: { labels: {} }, spec: { c: null } };
    const registry = builtInSchemas();
    expect(applyBuiltInDefaults(object, { root: { type: "object" }, registry })).toBe(object);
  });
});
