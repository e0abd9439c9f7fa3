import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { plainFault, valueFault, type FieldError } from "../field-error.ts";
import { fieldAt, jsonEqual, withoutFields } from "../json-fields.ts";
import { labelSelectorOf } from "../label-selector.ts";
import { podSpecFaults } from "./validate-pod-spec.ts";
import type { ResourceStrategy } from "../resource-definition.ts";
import { textMap } from "../json-text.ts";

/** Deployments, ReplicaSets and DaemonSets: the selector matches the template and never changes. */
export const selectorStrategy: ResourceStrategy = {
  validateCreate: templateFaults,
  validateUpdate: (object, previous, { subresource }) =>
    subresource === "" ? [...templateFaults(object), ...immutableFaults(object, previous, ["spec", "selector"])] : [],
};

const templateGeneration = "deprecated.daemonset.template.generation";

/** DaemonSets also count the changes of their template, in an annotation. */
export const daemonSetStrategy: ResourceStrategy = {
  ...selectorStrategy,
  prepareForCreate: (set) => withTemplateGeneration(set, 1),
  prepareForUpdate: (set, previous) => {
    const before = Number(previous.metadata.annotations?.[templateGeneration] ?? "0");
    const isSame = jsonEqual(fieldAt(set, "spec", "template"), fieldAt(previous, "spec", "template"));
    return withTemplateGeneration(set, isSame ? before : before + 1);
  },
};

function withTemplateGeneration(set: ApiObject, generation: number): ApiObject {
  const annotations = { ...set.metadata.annotations, [templateGeneration]: String(generation) };
  return { ...set, metadata: { ...set.metadata, annotations } };
}

const changeableInStatefulSets = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
] as const;

/** StatefulSets: only what a rolling update can carry out may change. */
export const statefulSetStrategy: ResourceStrategy = {
  validateCreate: templateFaults,
  validateUpdate: (object, previous) => {
    const fixed = (set: ApiObject): JsonObject => withoutFields(specOf(set), ...changeableInStatefulSets);
    if (jsonEqual(fixed(object), fixed(previous))) return [];
    const names = changeableInStatefulSets.map((name) => `'${name}'`);
    const list = `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
    return [
      plainFault(
        "FieldValueForbidden",
        "spec",
        `updates to statefulset spec for fields other than ${list} are forbidden`,
      ),
    ];
  },
};

/** Jobs: the server makes selector and labels from the uid; the template never changes. */
export const jobStrategy: ResourceStrategy = {
  prepareForCreate: (job) => {
    const spec = specOf(job);
    if (spec["manualSelector"] === true) return job;
    const { uid = "", name = "" } = job.metadata;
    const own = {
      "batch.kubernetes.io/controller-uid": uid,
      "batch.kubernetes.io/job-name": name,
      "controller-uid": uid,
      "job-name": name,
    };
    const template = objectOf(spec["template"]);
    const metadata = objectOf(template["metadata"]);
    const labels = { ...objectOf(metadata["labels"]), ...own };
    return {
      ...job,
      spec: {
        ...spec,
        selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
        template: { ...template, metadata: { ...metadata, labels } },
      },
    };
  },
  prepareForUpdate: (job, previous) => {
    // A client that does not know the generated selector and labels keeps them.
    const spec = specOf(job);
    const before = specOf(previous);
    const template = objectOf(spec["template"]);
    const metadata = objectOf(template["metadata"]);
    const labels = { ...objectOf(fieldAt(before, "template", "metadata", "labels")), ...objectOf(metadata["labels"]) };
    return {
      ...job,
      spec: {
        ...spec,
        selector: spec["selector"] ?? before["selector"] ?? {},
        template: { ...template, metadata: { ...metadata, labels } },
      },
    };
  },
  validateCreate: (job) =>
    podSpecFaults(objectOf(fieldAt(job, "spec", "template", "spec")), "spec.template.spec", {
      restartPolicies: ["OnFailure", "Never"],
    }),
  validateUpdate: (job, previous) => [
    ...immutableFaults(job, previous, ["spec", "selector"]),
    ...immutableFaults(job, previous, ["spec", "template"]),
    ...immutableFaults(job, previous, ["spec", "completionMode"]),
  ],
};

/** RBAC bindings: who is bound may change, to what may not. */
export const bindingStrategy: ResourceStrategy = {
  validateUpdate: (binding, previous) => {
    if (jsonEqual(binding["roleRef"], previous["roleRef"])) return [];
    // The internal type, which this message shows, has no JSON names.
    const { apiGroup = "", kind = "", name = "" } = objectOf(binding["roleRef"]);
    const value = { APIGroup: apiGroup, Kind: kind, Name: name };
    return [valueFault("FieldValueInvalid", "roleRef", { value, detail: "cannot change roleRef" })];
  },
};

/** Faults of selector and template; what a controller keeps running always restarts. */
function templateFaults(object: ApiObject): readonly FieldError[] {
  const spec = objectOf(fieldAt(object, "spec", "template", "spec"));
  return [...selectorFaults(object), ...podSpecFaults(spec, "spec.template.spec", { restartPolicies: ["Always"] })];
}

function selectorFaults(object: ApiObject): readonly FieldError[] {
  const selector = fieldAt(object, "spec", "selector");
  const labels = fieldAt(object, "spec", "template", "metadata", "labels") ?? null;
  const isMissing = !isJsonObject(selector);
  if (!isMissing && labelSelectorOf(selector).matches(textMap(labels))) return [];
  const detail = "`selector` does not match template `labels`";
  return [
    ...(isMissing ? [plainFault("FieldValueRequired", "spec.selector")] : []),
    valueFault("FieldValueInvalid", "spec.template.metadata.labels", { value: labels, detail }),
  ];
}

function immutableFaults(object: ApiObject, previous: ApiObject, path: readonly string[]): readonly FieldError[] {
  const value = fieldAt(object, ...path) ?? null;
  if (jsonEqual(value, fieldAt(previous, ...path) ?? null)) return [];
  return [valueFault("FieldValueInvalid", path.join("."), { value, detail: "field is immutable" })];
}

function specOf(object: ApiObject): JsonObject {
  return objectOf(object["spec"]);
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
