import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { valueFault, type FieldError } from "../field-error.ts";
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

  function withAddress(service: ApiObject, before: JsonObject): ApiObject {
    const spec = specOf(service);
    if (spec["type"] === "ExternalName") return service;
    const given = textOf(spec["clusterIP"]) ?? textOf(before["clusterIP"]);
    const clusterIP = given ?? nextAddress();
    return {
      ...service,
      spec: {
        ...spec,
        clusterIP,
        clusterIPs: [clusterIP],
        ipFamilies: spec["ipFamilies"] ?? before["ipFamilies"] ?? ["IPv4"],
        ipFamilyPolicy: spec["ipFamilyPolicy"] ?? before["ipFamilyPolicy"] ?? "SingleStack",
        ...portsOf(spec, before),
      },
    };
  }

  function portsOf(spec: JsonObject, before: JsonObject): JsonObject {
    const { ports, type } = spec;
    if (!Array.isArray(ports) || (type !== "NodePort" && type !== "LoadBalancer")) return {};
    const known = Array.isArray(before["ports"]) ? before["ports"].filter(isJsonObject) : [];
    return {
      ports: ports.filter(isJsonObject).map((port) => {
        const same = known.find((other) => other["port"] === port["port"] && other["protocol"] === port["protocol"]);
        return { ...port, nodePort: port["nodePort"] ?? same?.["nodePort"] ?? nodePorts++ };
      }),
    };
  }

  return {
    prepareForCreate: (service) => withAddress(service, {}),
    prepareForUpdate: (service, previous) => withAddress(service, specOf(previous)),
    validateUpdate: (service, previous) => addressFaults(specOf(service), specOf(previous)),
  };
}

function addressFaults(spec: JsonObject, before: JsonObject): readonly FieldError[] {
  const { clusterIP } = spec;
  const isKept = textOf(before["clusterIP"]) === undefined || clusterIP === before["clusterIP"];
  if (isKept || spec["type"] === "ExternalName") return [];
  const value = [clusterIP ?? null];
  return [valueFault("FieldValueInvalid", "spec.clusterIPs[0]", { value, detail: "may not change once set" })];
}

function specOf(service: ApiObject): JsonObject {
  return isJsonObject(service["spec"]) ? service["spec"] : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
