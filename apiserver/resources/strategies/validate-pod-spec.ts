import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { plainFault, unsupportedValue, valueFault, type FieldError } from "../field-error.ts";
import { textOf } from "../json-text.ts";
import { dnsLabelProblems } from "../name-rules.ts";

/** What is allowed of a pod where it stands. */
export interface PodRules {
  /** Values of `restartPolicy` besides none; undefined: all three. */
  readonly restartPolicies?: readonly string[] | undefined;
}

const restartPolicies = ["Always", "OnFailure", "Never"];
const pullPolicies = ["Always", "IfNotPresent", "Never"];
const protocols = ["SCTP", "TCP", "UDP"];

/**
 * Returns the faults of a pod's specification at a path, worded as kube-apiserver words them: what manifests most often get
 * wrong (kubernetes/pkg/apis/core/validation), not every rule.
 */
export function podSpecFaults(spec: JsonObject, path: string, rules: PodRules = {}): readonly FieldError[] {
  const volumes = objectsIn(spec["volumes"]);
  const containers = objectsIn(spec["containers"]);
  const initial = objectsIn(spec["initContainers"]);
  return [
    ...volumes.flatMap((volume, index) => nameFaults(volume, `${path}.volumes[${index}].name`)),
    ...duplicateFaults(volumes, `${path}.volumes`),
    ...(containers.length === 0 ? [plainFault("FieldValueRequired", `${path}.containers`)] : []),
    ...containers.flatMap((container, index) => containerFaults(container, `${path}.containers[${index}]`, volumes)),
    ...duplicateFaults(containers, `${path}.containers`),
    ...initial.flatMap((container, index) => containerFaults(container, `${path}.initContainers[${index}]`, volumes)),
    ...duplicateFaults(initial, `${path}.initContainers`),
    ...restartFaults(spec, path, rules),
  ];
}

function restartFaults(spec: JsonObject, path: string, rules: PodRules): readonly FieldError[] {
  const policy = textOf(spec["restartPolicy"]);
  const allowed = rules.restartPolicies ?? restartPolicies;
  return policy === "" || allowed.includes(policy) ? [] : [unsupportedValue(`${path}.restartPolicy`, policy, allowed)];
}

function containerFaults(container: JsonObject, path: string, volumes: readonly JsonObject[]): readonly FieldError[] {
  const policy = textOf(container["imagePullPolicy"]);
  const ports = objectsIn(container["ports"]);
  return [
    ...nameFaults(container, `${path}.name`),
    ...(textOf(container["image"]) === "" ? [plainFault("FieldValueRequired", `${path}.image`)] : []),
    ...ports.flatMap((port, index) => portFaults(port, `${path}.ports[${index}]`)),
    ...objectsIn(container["env"]).flatMap((variable, index) =>
      textOf(variable["name"]) === "" ? [plainFault("FieldValueRequired", `${path}.env[${index}].name`)] : [],
    ),
    ...objectsIn(container["volumeMounts"]).flatMap((mount, index) =>
      mountFaults(mount, `${path}.volumeMounts[${index}]`, volumes),
    ),
    ...(policy === "" || pullPolicies.includes(policy)
      ? []
      : [unsupportedValue(`${path}.imagePullPolicy`, policy, pullPolicies)]),
  ];
}

function portFaults(port: JsonObject, path: string): readonly FieldError[] {
  const protocol = textOf(port["protocol"]);
  return [
    ...portNumberFaults(port["containerPort"], `${path}.containerPort`),
    ...(protocol === "" || protocols.includes(protocol)
      ? []
      : [unsupportedValue(`${path}.protocol`, protocol, protocols)]),
  ];
}

/** Returns the fault of a number that is no TCP port. */
export function portNumberFaults(port: JsonValue | undefined, path: string): readonly FieldError[] {
  if (port === undefined || port === null) return [plainFault("FieldValueRequired", path)];
  if (typeof port !== "number" || (port >= 1 && port <= 65_535)) return [];
  return [valueFault("FieldValueInvalid", path, { value: port, detail: "must be between 1 and 65535, inclusive" })];
}

function mountFaults(mount: JsonObject, path: string, volumes: readonly JsonObject[]): readonly FieldError[] {
  const name = textOf(mount["name"]);
  const isKnown = volumes.some((volume) => volume["name"] === name);
  return [
    ...(name === "" ? [plainFault("FieldValueRequired", `${path}.name`)] : []),
    ...(name === "" || isKnown ? [] : [valueFault("FieldValueNotFound", `${path}.name`, { value: name })]),
    ...(textOf(mount["mountPath"]) === "" ? [plainFault("FieldValueRequired", `${path}.mountPath`)] : []),
  ];
}

function nameFaults(named: JsonObject, path: string): readonly FieldError[] {
  const name = textOf(named["name"]);
  if (name === "") return [plainFault("FieldValueRequired", path)];
  return dnsLabelProblems(name).map((detail) => valueFault("FieldValueInvalid", path, { value: name, detail }));
}

function duplicateFaults(list: readonly JsonObject[], path: string): readonly FieldError[] {
  const names = list.map(({ name }) => textOf(name));
  return names.flatMap((name, index) =>
    name !== "" && names.indexOf(name) < index
      ? [valueFault("FieldValueDuplicate", `${path}[${index}].name`, { value: name })]
      : [],
  );
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
