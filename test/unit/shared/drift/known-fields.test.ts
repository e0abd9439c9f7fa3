import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { describeDrift } from "../../../../shared/drift/describe-drift.ts";
import { ignoreRules } from "../../../../shared/drift/ignore-rules.ts";
import { normalizeObject } from "../../../../shared/drift/normalize-object.ts";
import { planChanges } from "../../../../shared/drift/plan-changes.ts";

const rules = ignoreRules();
const ca = "LS0tLS1CRUdJTg==";

function anObject(apiVersion: string, kind: string, fields: Record<string, unknown>): KubeObject {
  return { ...fields, apiVersion, kind, metadata: { name: "a" } };
}

const webhook = (fields: Record<string, unknown>): KubeObject =>
  anObject("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {
    webhooks: [{ name: "w", ...fields }],
  });
const definition = (clientConfig: Record<string, unknown>): KubeObject =>
  anObject("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
    spec: { conversion: { strategy: "Webhook", webhook: { clientConfig } } },
  });
const account = (fields: Record<string, unknown>): KubeObject => anObject("v1", "ServiceAccount", fields);
const service = (spec: Record<string, unknown>): KubeObject =>
  anObject("apiregistration.k8s.io/v1", "APIService", { spec });

const job = (spec: Record<string, unknown>): KubeObject => anObject("batch/v1", "Job", { spec });

const custom = (value: unknown): KubeObject => anObject("example.com/v1", "App", { spec: { on: value } });
const map = (data: Record<string, string>): KubeObject => anObject("v1", "ConfigMap", { data });

/** Paths in which an object differs from what git says. */
function drift(merged: KubeObject, live: KubeObject): string[] {
  return (describeDrift({ merged, live, rules, manager: "drover" })?.fields ?? []).map(({ path }) => path);
}

/** What is done with an object that is not there. */
function planMissing(object: KubeObject): string[] {
  const question = { desired: [object], rules, manager: "drover", heldBy: () => undefined };
  const { changes } = planChanges({ ...question, live: () => ({ type: "absent" }) });
  return changes.map(({ action }) => action);
}

const role = (fields: Record<string, unknown>): KubeObject =>
  anObject("rbac.authorization.k8s.io/v1", "ClusterRole", fields);

describe("an aggregated ClusterRole", () => {
  test("is applied without its rules, which a controller fills in; others keep theirs", () => {
    const aggregationRule = { clusterRoleSelectors: [] };
    expect(normalizeObject(role({ aggregationRule, rules: [] }))).toEqual(role({ aggregationRule }));
    expect(normalizeObject(role({ rules: [] }))).toEqual(role({ rules: [] }));
  });
});

describe("normalizeObject", () => {
  test.each(["", "Cg==", "ICAK", null])("leaves a certificate to the controller where git says %j", (caBundle) => {
    expect(normalizeObject(webhook({ clientConfig: { caBundle, url: "u" } }))).toEqual(
      webhook({ clientConfig: { url: "u" } }),
    );
    expect(normalizeObject(definition({ caBundle, url: "u" }))).toEqual(definition({ url: "u" }));
    expect(normalizeObject(service({ caBundle, group: "g" }))).toEqual(service({ group: "g" }));
  });

  test("keeps a certificate that git has", () => {
    for (const object of [
      webhook({ clientConfig: { caBundle: ca } }),
      definition({ caBundle: ca }),
      service({ caBundle: ca }),
    ])
      expect(normalizeObject(object)).toEqual(object);
  });

  test("leaves the lists of a ServiceAccount to controllers where git says nothing is in them", () => {
    const some = [{ name: "a" }];
    expect(normalizeObject(account({ imagePullSecrets: [], secrets: [] }))).toEqual(account({}));
    expect(normalizeObject(account({ imagePullSecrets: some, secrets: [] }))).toEqual(
      account({ imagePullSecrets: some }),
    );
  });

  test("leaves objects without the field, and of other kinds, as they are", () => {
    const other = anObject("example.com/v1", "APIService", { spec: { caBundle: "" } });
    for (const object of [
      other,
      anObject("apiextensions.k8s.io/v1", "CustomResourceDefinition", { spec: {} }),
      webhook({}),
    ])
      expect(normalizeObject(object)).toEqual(object);
  });
});

describe("describeDrift", () => {
  test("is silent about a failurePolicy that was tightened, not about one that was loosened", () => {
    const [ignore, fail] = [webhook({ failurePolicy: "Ignore" }), webhook({ failurePolicy: "Fail" })];
    expect(drift(ignore, fail)).toEqual([]);
    expect(drift(fail, ignore)).toEqual(["webhooks[0].failurePolicy"]);
  });

  test("is silent about zero values that an operator left out of its custom resource", () => {
    const full = anObject("ceph.rook.io/v1", "CephCluster", {
      spec: {
        mon: { count: 3, allow: false },
        network: { compression: { enabled: false } },
        list: [],
        text: "",
        number: 0,
      },
    });
    expect(drift(full, anObject("ceph.rook.io/v1", "CephCluster", { spec: { mon: { count: 3 } } }))).toEqual([]);
    expect(drift(full, anObject("ceph.rook.io/v1", "CephCluster", { spec: {} }))).toEqual(["spec.mon"]);
  });

  test("tells of a zero value that became another one, and of one that a built-in kind lost", () => {
    expect(drift(custom(false), custom(true))).toEqual(["spec.on"]);
    expect(drift(map({ a: "" }), map({}))).toEqual(["data.a"]);
  });
});

describe("planChanges", () => {
  test("does not miss a Job that Kubernetes removes when it is done", () => {
    expect(planMissing(job({ ttlSecondsAfterFinished: 0 }))).toEqual(["skip"]);
    expect(planMissing(job({}))).toEqual(["create"]);
  });
});
