import type { ApiObject } from "../api-object.ts";
import { formatDuration } from "../format-age.ts";
import { fieldAt } from "../json-fields.ts";
import {
  count,
  countAt,
  field,
  formatSelector,
  objectsAt,
  size,
  textAt,
  textOr,
  type Cell,
  type KindCells,
} from "./cell-values.ts";

function subjectsOf(binding: ApiObject, kind: string): string {
  return objectsAt(binding, "subjects")
    .filter((subject) => textAt(subject, "kind") === kind)
    .map((subject) => {
      const name = textAt(subject, "name");
      return kind === "ServiceAccount" ? `${textAt(subject, "namespace")}/${name}` : name;
    })
    .join(", ");
}

const bindingCells: KindCells = {
  Role: (binding) => `${textAt(binding, "roleRef", "kind")}/${textAt(binding, "roleRef", "name")}`,
  Users: (binding) => subjectsOf(binding, "User"),
  Groups: (binding) => subjectsOf(binding, "Group"),
  ServiceAccounts: (binding) => subjectsOf(binding, "ServiceAccount"),
};

function requestStatus(request: ApiObject): string {
  const types = new Set(objectsAt(request, "status", "conditions").map((condition) => textAt(condition, "type")));
  const decision = types.has("Denied") ? "Denied" : types.has("Approved") ? "Approved" : "Pending";
  const failed = types.has("Failed") ? ",Failed" : "";
  return `${decision}${failed}${textAt(request, "status", "certificate") === "" ? "" : ",Issued"}`;
}

function requestedDuration(request: ApiObject): string {
  const seconds = countAt(request, "spec", "expirationSeconds");
  return seconds === 0 ? "<none>" : formatDuration(seconds * 1000);
}

function paramKind(policy: ApiObject): string {
  if (fieldAt(policy, "spec", "paramKind") === undefined) return "<unset>";
  return `${textAt(policy, "spec", "paramKind", "apiVersion")}/${textAt(policy, "spec", "paramKind", "kind")}`;
}

function paramRef(binding: ApiObject): string {
  const name = textAt(binding, "spec", "paramRef", "name");
  if (name !== "") return `${textAt(binding, "spec", "paramRef", "namespace") || "*"}/${name}`;
  const selector = fieldAt(binding, "spec", "paramRef", "selector");
  return selector === undefined ? "<unset>" : formatSelector(selector);
}

const policyBindingCells: KindCells = { PolicyName: field("spec.policyName"), ParamRef: paramRef };

function serviceOf(service: ApiObject): string {
  if ((fieldAt(service, "spec", "service") ?? null) === null) return "Local";
  return `${textAt(service, "spec", "service", "namespace")}/${textAt(service, "spec", "service", "name")}`;
}

function availability(service: ApiObject): string {
  const found = objectsAt(service, "status", "conditions").find((item) => textAt(item, "type") === "Available");
  if (found === undefined) return "Unknown";
  const status = textAt(found, "status");
  return status === "True" ? status : `${status} (${textAt(found, "reason")})`;
}

function conditionStatus(object: ApiObject, type: string): string {
  const found = objectsAt(object, "status", "conditions").find((item) => textAt(item, "type") === type);
  return textOr("?", found, "status");
}

/** A number of a limited priority level, `<none>` where the level is exempt. */
function limit(...path: readonly string[]): Cell {
  return (level) => fieldAt(level, "spec", "limited", ...path) ?? "<none>";
}

/** The cells of roles, certificates and admission, by "group/plural". */
export const accessCells: Readonly<Record<string, KindCells>> = {
  "admissionregistration.k8s.io/mutatingadmissionpolicies": { Mutations: size("spec.mutations"), ParamKind: paramKind },
  "admissionregistration.k8s.io/mutatingadmissionpolicybindings": policyBindingCells,
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": { Webhooks: size("webhooks") },
  "admissionregistration.k8s.io/validatingadmissionpolicies": {
    Validations: size("spec.validations"),
    ParamKind: paramKind,
  },
  "admissionregistration.k8s.io/validatingadmissionpolicybindings": policyBindingCells,
  "admissionregistration.k8s.io/validatingwebhookconfigurations": { Webhooks: size("webhooks") },
  "apiregistration.k8s.io/apiservices": { Service: serviceOf, Available: availability },
  "certificates.k8s.io/certificatesigningrequests": {
    SignerName: field("spec.signerName", "<none>"),
    Requestor: field("spec.username"),
    RequestedDuration: requestedDuration,
    Condition: requestStatus,
  },
  "flowcontrol.apiserver.k8s.io/flowschemas": {
    PriorityLevel: field("spec.priorityLevelConfiguration.name"),
    MatchingPrecedence: count("spec.matchingPrecedence"),
    DistinguisherMethod: field("spec.distinguisherMethod.type", "<none>"),
    MissingPL: (schema) => conditionStatus(schema, "Dangling"),
  },
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": {
    Type: field("spec.type"),
    NominalConcurrencyShares: limit("nominalConcurrencyShares"),
    Queues: limit("limitResponse", "queuing", "queues"),
    HandSize: limit("limitResponse", "queuing", "handSize"),
    QueueLengthLimit: limit("limitResponse", "queuing", "queueLengthLimit"),
  },
  "rbac.authorization.k8s.io/clusterrolebindings": bindingCells,
  "rbac.authorization.k8s.io/rolebindings": bindingCells,
};
