import type { JsonObject } from "../../../codec/json-value.ts";
import { ownField, withField } from "../json-fields.ts";
import { childList, childObject, fillMissing, fillZero, isSet, within, type Defaulters } from "./fill-fields.ts";

// Each function is the SetDefaults_… of the same name in kubernetes/pkg/apis/<group>/v1/defaults.go.

const rbacGroup = "rbac.authorization.k8s.io";

function subjectDefaults(subject: JsonObject): JsonObject {
  const kind = ownField(subject, "kind");
  return kind === "User" || kind === "Group" ? fillZero(subject, { apiGroup: rbacGroup }) : subject;
}

function bindingDefaults(binding: JsonObject): JsonObject {
  return within(binding, "roleRef", (role) => fillZero(role, { apiGroup: rbacGroup }));
}

/** Defaults of rbac.authorization.k8s.io/v1, by Go type. */
export const rbacDefaults: Defaulters = {
  ClusterRoleBinding: bindingDefaults,
  RoleBinding: bindingDefaults,
  Subject: subjectDefaults,
};

function networkPolicySpecDefaults(spec: JsonObject): JsonObject {
  if (childList(spec, "policyTypes").length > 0) return spec;
  const types = childList(spec, "egress").length === 0 ? ["Ingress"] : ["Ingress", "Egress"];
  return withField(spec, "policyTypes", types);
}

/** Defaults of networking.k8s.io/v1, by Go type. */
export const networkingDefaults: Defaulters = {
  IngressClassSpec: (spec) =>
    isSet(spec, "parameters")
      ? within(spec, "parameters", (parameters) => fillMissing(parameters, { scope: "Cluster" }))
      : spec,
  NetworkPolicyPort: (port) => fillMissing(port, { protocol: "TCP" }),
  NetworkPolicySpec: networkPolicySpecDefaults,
};

function csiDriverSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillMissing(spec, {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: "ReadWriteOnceWithFSType",
    requiresRepublish: false,
    seLinuxMount: false,
  });
  const modes = childList(filled, "volumeLifecycleModes");
  return modes.length === 0 ? withField(filled, "volumeLifecycleModes", ["Persistent"]) : filled;
}

/** Defaults of storage.k8s.io/v1, by Go type. */
export const storageDefaults: Defaulters = {
  CSIDriverSpec: csiDriverSpecDefaults,
  StorageClass: (storageClass) =>
    fillMissing(storageClass, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
};

/** Defaults of scheduling.k8s.io/v1, by Go type. */
export const schedulingDefaults: Defaulters = {
  PriorityClass: (priority) => fillMissing(priority, { preemptionPolicy: "PreemptLowerPriority" }),
};

/** Defaults of discovery.k8s.io/v1, by Go type. */
export const discoveryDefaults: Defaulters = {
  EndpointPort: (port) => fillMissing(port, { name: "", protocol: "TCP" }),
};

/** Defaults of flowcontrol.apiserver.k8s.io/v1, by Go type. */
export const flowControlDefaults: Defaulters = {
  ExemptPriorityLevelConfiguration: (level) => fillMissing(level, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  LimitedPriorityLevelConfiguration: (level) =>
    fillMissing(level, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
};

const matchEverything = { namespaceSelector: {}, objectSelector: {} };

function webhookDefaults(webhook: JsonObject): JsonObject {
  return fillMissing(webhook, {
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    ...matchEverything,
    timeoutSeconds: 10,
  });
}

/** Defaults of admissionregistration.k8s.io/v1, by Go type. */
export const admissionDefaults: Defaulters = {
  MatchResources: (match) => fillMissing(match, { matchPolicy: "Equivalent", ...matchEverything }),
  MutatingAdmissionPolicySpec: (spec) => fillMissing(spec, { failurePolicy: "Fail" }),
  MutatingWebhook: (webhook) => fillMissing(webhookDefaults(webhook), { reinvocationPolicy: "Never" }),
  NamedRuleWithOperations: (rule) => fillMissing(rule, { scope: "*" }),
  RuleWithOperations: (rule) => fillMissing(rule, { scope: "*" }),
  ServiceReference: (service) => fillMissing(service, { port: 443 }),
  ValidatingAdmissionPolicySpec: (spec) => fillMissing(spec, { failurePolicy: "Fail" }),
  ValidatingWebhook: webhookDefaults,
};

function customResourceDefaults(definition: JsonObject): JsonObject {
  const named = within(definition, "spec", (spec) => {
    const names = within(spec, "names", (found) => {
      const kind = ownField(found, "kind");
      if (typeof kind !== "string" || kind === "") return found;
      return fillZero(found, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    });
    return fillMissing(names, { conversion: { strategy: "None" } });
  });
  const versions = childList(childObject(named, "spec"), "versions");
  return within(named, "status", (status) => {
    if (childList(status, "storedVersions").length > 0) return status;
    const stored = versions.flatMap((version) => storedName(version)).slice(0, 1);
    return stored.length === 0 ? status : withField(status, "storedVersions", stored);
  });
}

function storedName(version: unknown): string[] {
  if (typeof version !== "object" || version === null || !("storage" in version) || !("name" in version)) return [];
  return version.storage === true && typeof version.name === "string" ? [version.name] : [];
}

/** Defaults of apiextensions.k8s.io/v1 and apiregistration.k8s.io/v1, by Go type. */
export const extensionDefaults: Defaulters = {
  CustomResourceDefinition: customResourceDefaults,
  ServiceReference: (service) => fillMissing(service, { port: 443 }),
};
