import type { JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import {
  countAt,
  field,
  firstOf,
  formatLabels,
  formatSelector,
  objectsAt,
  textAt,
  textOr,
  textsAt,
  type KindCells,
} from "./cell-values.ts";

function servicePort(port: JsonObject): string {
  const node = countAt(port, "nodePort");
  return `${countAt(port, "port")}${node > 0 ? `:${node}` : ""}/${textAt(port, "protocol")}`;
}

function balancerAddresses(object: ApiObject): string[] {
  const addresses = objectsAt(object, "status", "loadBalancer", "ingress").map((item) =>
    textOr(textAt(item, "hostname"), item, "ip"),
  );
  return [...new Set(addresses.filter((address) => address !== ""))].sort();
}

function externalAddress(service: ApiObject): string {
  const external = textsAt(service, "spec", "externalIPs");
  switch (textAt(service, "spec", "type")) {
    case "ClusterIP":
    case "NodePort":
      return external.length === 0 ? "<none>" : external.join(",");
    case "LoadBalancer": {
      const all = [...balancerAddresses(service), ...external];
      return all.length === 0 ? "<pending>" : all.join(",");
    }
    case "ExternalName":
      return textAt(service, "spec", "externalName");
    default:
      return "<unknown>";
  }
}

function hostsOf(ingress: ApiObject): string {
  const rules = objectsAt(ingress, "spec", "rules");
  const hosts = rules.map((rule) => textAt(rule, "host")).filter((host) => host !== "");
  if (hosts.length === 0) return "*";
  const more = rules.length > 3 && hosts.length >= 3;
  return `${hosts.slice(0, 3).join(",")}${more ? ` + ${rules.length - 3} more...` : ""}`;
}

function endpointsOf(endpoints: ApiObject): string {
  const subsets = objectsAt(endpoints, "subsets");
  if (subsets.length === 0) return "<none>";
  const all = subsets.flatMap((subset) => {
    const addresses = objectsAt(subset, "addresses").map((address) => textAt(address, "ip"));
    const ports = objectsAt(subset, "ports");
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) =>
      addresses.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${countAt(port, "port")}`),
    );
  });
  return firstOf(3, all);
}

function parametersOf(ingressClass: ApiObject): string {
  if (fieldAt(ingressClass, "spec", "parameters") === undefined) return "<none>";
  const kind = textAt(ingressClass, "spec", "parameters", "kind");
  const group = textAt(ingressClass, "spec", "parameters", "apiGroup");
  return `${kind}${group === "" ? "" : `.${group}`}/${textAt(ingressClass, "spec", "parameters", "name")}`;
}

/** The cells of services and networks, by "group/plural". */
export const networkCells: Readonly<Record<string, KindCells>> = {
  "/endpoints": { Endpoints: endpointsOf },
  "/services": {
    Type: field("spec.type"),
    "Cluster-IP": (service) => textsAt(service, "spec", "clusterIPs")[0] ?? "<none>",
    "External-IP": externalAddress,
    "Port(s)": (service) => objectsAt(service, "spec", "ports").map(servicePort).join(",") || "<none>",
    Selector: (service) => formatLabels(service, "spec", "selector"),
  },
  "discovery.k8s.io/endpointslices": {
    AddressType: field("addressType"),
    Ports: (slice) =>
      firstOf(
        3,
        objectsAt(slice, "ports").map((port) => textOr(textOr("*", port, "name"), port, "port")),
      ) || "<unset>",
    Endpoints: (slice) =>
      firstOf(
        3,
        objectsAt(slice, "endpoints").flatMap((item) => textsAt(item, "addresses")),
      ) || "<unset>",
  },
  "networking.k8s.io/ingressclasses": { Controller: field("spec.controller"), Parameters: parametersOf },
  "networking.k8s.io/ingresses": {
    Class: field("spec.ingressClassName", "<none>"),
    Hosts: hostsOf,
    Address: (ingress) => balancerAddresses(ingress).join(","),
    Ports: (ingress) => (objectsAt(ingress, "spec", "tls").length === 0 ? "80" : "80, 443"),
  },
  "networking.k8s.io/networkpolicies": { "Pod-Selector": (policy) => formatSelector(policy, "spec", "podSelector") },
  "networking.k8s.io/servicecidrs": { CIDRs: (cidr) => textsAt(cidr, "spec", "cidrs").join(",") },
  "networking.k8s.io/ipaddresses": {
    ParentRef: (address) => {
      const parent = fieldAt(address, "spec", "parentRef");
      if (parent === undefined) return "<none>";
      const group = textAt(parent, "group");
      const namespace = textAt(parent, "namespace");
      const resource = `${textAt(parent, "resource")}${group === "" ? "" : `.${group}`}`.toLowerCase();
      return `${resource}${namespace === "" ? "" : `/${namespace}`}/${textAt(parent, "name")}`;
    },
  },
};
