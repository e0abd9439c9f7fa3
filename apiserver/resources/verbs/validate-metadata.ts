import type { ApiObject } from "../api-object.ts";
import { plainFault, valueFault, type FieldError } from "../field-error.ts";
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  labelKeyProblems,
  labelValueProblems,
  subdomainProblems,
} from "../name-rules.ts";
import type { NameRule, ResourceDefinition } from "../resource-definition.ts";

const maxAnnotationBytes = 256 * 1024;

/** Returns what is wrong with a name by a rule, in Kubernetes' words; empty when it is valid. */
export function nameProblems(name: string, rule: NameRule): readonly string[] {
  switch (rule) {
    case "subdomain":
      return subdomainProblems(name);
    case "label":
      return dnsLabelProblems(name);
    case "dns1035":
      return dns1035LabelProblems(name);
    case "path":
      return pathProblems(name);
  }
}

function pathProblems(name: string): readonly string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

/** Returns faults without those that say the same of the same field: rules of a kind and its schema overlap. */
export function distinctFaults(faults: readonly FieldError[]): readonly FieldError[] {
  return faults.filter(({ type, field, body }, index) => {
    const same = (other: FieldError): boolean => other.type === type && other.field === field && other.body === body;
    return faults.findIndex(same) === index;
  });
}

/** Returns the faults in name, labels, annotations and finalizers of an object. */
export function validateMetadata({ metadata }: ApiObject, definition: ResourceDefinition): readonly FieldError[] {
  const { name = "", labels = {}, annotations = {}, finalizers = [] } = metadata;
  return [
    ...nameFaults(name, definition.nameRule ?? "subdomain"),
    ...Object.entries(labels).flatMap(([key, value]) => [
      ...faultsOf("metadata.labels", key, labelKeyProblems(key)),
      ...faultsOf("metadata.labels", value, labelValueProblems(value)),
    ]),
    ...annotationFaults(annotations),
    ...finalizers.flatMap((finalizer) => faultsOf("metadata.finalizers", finalizer, labelKeyProblems(finalizer))),
  ];
}

function nameFaults(name: string, rule: NameRule): readonly FieldError[] {
  if (name !== "") return faultsOf("metadata.name", name, nameProblems(name, rule));
  return [plainFault("FieldValueRequired", "metadata.name", "name or generateName is required")];
}

function annotationFaults(annotations: Readonly<Record<string, string>>): readonly FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, text]) => sum + Buffer.byteLength(key) + Buffer.byteLength(text), 0);
  const keyFaults = entries.flatMap(([key]) =>
    faultsOf("metadata.annotations", key, labelKeyProblems(key.toLowerCase())),
  );
  if (size <= maxAnnotationBytes) return keyFaults;
  const detail = `may not be more than ${maxAnnotationBytes} bytes`;
  return [...keyFaults, plainFault("FieldValueTooLong", "metadata.annotations", detail)];
}

function faultsOf(field: string, value: string, problems: readonly string[]): readonly FieldError[] {
  return problems.map((detail) => valueFault("FieldValueInvalid", field, { value, detail }));
}
