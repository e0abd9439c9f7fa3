import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { plainFault, unsupportedValue, valueFault, type FieldError } from "../field-error.ts";
import { portNumberFaults } from "./validate-pod-spec.ts";
import type { ResourceStrategy } from "../resource-definition.ts";

const firstAddress = 10;
const firstNodePort = 30_000;

/** Returns the strategy of Services, with an allocator of cluster IPs (10.96.0.0/16) and node ports of its own. */
export function createServiceStrategy(): ResourceStrategy {
  let addresses = firstAddress;
  let nodePorts = firstNodePort;

  function nextAddress(): string {
    addresses++;
    return `10.96.${(addresses >> 8) & 255}.${addresses & 255}`;
  }

  function withAddress(service: ApiObject): ApiObject {
    const spec = specOf(service);
    if (spec["type"] === "ExternalName") return service;
    const clusterIP = textOf(spec["clusterIP"]) ?? nextAddress();
    return {
      ...service,
      spec: {
        ...spec,
        clusterIP,
        clusterIPs: [clusterIP],
        ipFamilies: spec["ipFamilies"] ?? ["IPv4"],
        ipFamilyPolicy: spec["ipFamilyPolicy"] ?? "SingleStack",
        ...(hasNodePorts(spec) ? { ports: portsOf(spec).map((port) => ({ nodePort: nodePorts++, ...port })) } : {}),
      },
    };
  }

  return {
    // Clients that do not know the address keep it.
    prepareForUpdate: (service, previous) => withFormer(service, specOf(previous)),
    allot: withAddress,
    validateCreate: (service) => serviceFaults(specOf(service)),
    validateUpdate: (service, previous) => [
      ...serviceFaults(specOf(service)),
      ...addressFaults(specOf(service), specOf(previous)),
    ],
  };
}

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

function serviceFaults(spec: JsonObject): readonly FieldError[] {
  const ports = portsOf(spec);
  const type = textOf(spec["type"]) ?? "ClusterIP";
  const needsPorts = type !== "ExternalName" && spec["clusterIP"] !== "None";
  return [
    ...(needsPorts && ports.length === 0 ? [plainFault("FieldValueRequired", "spec.ports")] : []),
    ...ports.flatMap((port, index) => [
      ...(ports.length > 1 && textOf(port["name"]) === undefined
        ? [plainFault("FieldValueRequired", `spec.ports[${index}].name`)]
        : []),
      ...portNumberFaults(port["port"], `spec.ports[${index}].port`),
      ...(typeof port["targetPort"] === "number"
        ? portNumberFaults(port["targetPort"], `spec.ports[${index}].targetPort`)
        : []),
    ]),
    ...(types.includes(type) ? [] : [unsupportedValue("spec.type", type, types)]),
  ];
}

function addressFaults(spec: JsonObject, before: JsonObject): readonly FieldError[] {
  const { clusterIP } = spec;
  const isKept = textOf(before["clusterIP"]) === undefined || clusterIP === before["clusterIP"];
  if (isKept || spec["type"] === "ExternalName") return [];
  const value = [clusterIP ?? null];
  return [valueFault("FieldValueInvalid", "spec.clusterIPs[0]", { value, detail: "may not change once set" })];
}

const addressFields = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"];

function withFormer(service: ApiObject, before: JsonObject): ApiObject {
  const spec = specOf(service);
  if (spec["type"] === "ExternalName") return service;
  const former = Object.fromEntries(
    addressFields.flatMap((name) => {
      const value = spec[name] ?? before[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const ports = portsOf(spec).map((port) => {
    const same = portsOf(before).find(
      (other) => other["port"] === port["port"] && other["protocol"] === port["protocol"],
    );
    const nodePort = port["nodePort"] ?? same?.["nodePort"];
    return nodePort === undefined || !hasNodePorts(spec) ? port : { ...port, nodePort };
  });
  return { ...service, spec: { ...spec, ...former, ...(ports.length === 0 ? {} : { ports }) } };
}

function hasNodePorts({ type }: JsonObject): boolean {
  return type === "NodePort" || type === "LoadBalancer";
}

function portsOf({ ports }: JsonObject): readonly JsonObject[] {
  return Array.isArray(ports) ? ports.filter(isJsonObject) : [];
}

function specOf(service: ApiObject): JsonObject {
  return isJsonObject(service["spec"]) ? service["spec"] : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
