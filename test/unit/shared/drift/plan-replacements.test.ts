import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { beyondReplacementLimits, planReplacement, saysImmutable } from "../../../../shared/drift/plan-replacements.ts";

function anObject(apiVersion: string, kind: string, more: Partial<KubeObject> = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "a", namespace: "apps", uid: "1" }, ...more };
}

const never = [
  { apiVersion: "v1", kind: "PersistentVolumeClaim", reason: /data/u },
  { apiVersion: "v1", kind: "PersistentVolume", reason: /data/u },
  { apiVersion: "v1", kind: "Namespace", reason: /all that is in it/u },
  { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", reason: /all objects of the kind/u },
  { apiVersion: "v1", kind: "Pod", reason: /may stand for more/u },
  { apiVersion: "postgres.example.com/v1", kind: "Cluster", reason: /may stand for more/u },
  { apiVersion: "apps.example.com/v1", kind: "Deployment", reason: /may stand for more/u },
];

describe("planReplacement", () => {
  test.each(never)("never replaces a $kind of $apiVersion, and says why", ({ apiVersion, kind, reason }) => {
    const object = anObject(apiVersion, kind);
    expect(planReplacement(object, object)).toEqual({ type: "refuse", reason: expect.stringMatching(reason) });
  });

  test.each(["Job", "CronJob"])("replaces a %s, its pods included", (kind) => {
    const object = anObject("batch/v1", kind);
    expect(planReplacement(object, object)).toEqual({ type: "replace", propagation: "Background" });
  });

  test("leaves what has finalizers or a controller", () => {
    const desired = anObject("v1", "Service");
    const balanced = { ...desired, metadata: { ...desired.metadata, finalizers: ["service.kubernetes.io/lb"] } };
    expect(planReplacement(balanced, desired)).toMatchObject({
      type: "refuse",
      reason: expect.stringContaining("/lb"),
    });
    const owned = { ...desired, metadata: { ...desired.metadata, ownerReferences: [{ controller: true }] } };
    expect(planReplacement(owned, desired)).toMatchObject({ type: "refuse", reason: "it is owned by a controller" });
  });

  test("leaves the pods and claims of a StatefulSet to the new one, which must find them", () => {
    const live = anObject("apps/v1", "StatefulSet", {
      spec: { serviceName: "a", selector: { matchLabels: { app: "a" } } },
    });
    const same = { ...live, spec: { serviceName: "b", selector: { matchLabels: { app: "a" } } } };
    expect(planReplacement(live, same)).toEqual({ type: "replace", propagation: "Orphan" });
    const other = { ...live, spec: { serviceName: "a", selector: { matchLabels: { app: "b" } } } };
    expect(planReplacement(live, other)).toMatchObject({
      type: "refuse",
      reason: expect.stringContaining("left behind"),
    });
  });
});

describe("replacements", () => {
  const limits = { share: 0.5, shareAbove: 2, count: 5 };

  test.each([
    { name: "few", count: 2, total: 2, held: false },
    { name: "more than half and more than the number", count: 3, total: 4, held: true },
    { name: "less than half", count: 3, total: 8, held: false },
    { name: "more than may go in any case", count: 6, total: 100, held: true },
  ])("count as removals do: $name", ({ count, total, held }) => {
    expect(beyondReplacementLimits(count, { total, limits }) !== undefined).toBe(held);
  });

  test.each([
    'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable',
    'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set',
    'RoleBinding "a" is invalid: roleRef: Invalid value: {}: cannot change roleRef',
    "StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
    'StorageClass "a" is invalid: parameters: Forbidden: updates to parameters are forbidden.',
    'PriorityClass "a" is invalid: value: Forbidden: may not be changed in an update.',
    'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
  ])("are thought of where the server says that a field stays: %s", (message) => {
    expect(saysImmutable(message)).toBe(true);
  });

  test("are not thought of where a value is wrong", () => {
    expect(
      saysImmutable('Service "a" is invalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535'),
    ).toBe(false);
  });
});
