import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import { labelSelectorOf } from "../../apiserver/resources/label-selector.ts";
import type { ObjectName } from "../cluster-client.ts";
import {
  controllerReference,
  isTrue,
  itself,
  nameOf,
  objectAt,
  type Controller,
  type ControllerParts,
} from "./controller.ts";
import { textOf } from "../../apiserver/resources/json-text.ts";

const resource = "/services";
const slices = "discovery.k8s.io/endpointslices";

/** Keeps the EndpointSlice of each Service with a selector, and gives load balancers an address. */
export function createServiceController({ client }: ControllerParts): Controller {
  async function services(pod: ApiObject): Promise<readonly ApiObject[]> {
    const all = await client.list(resource, pod.metadata.namespace ?? "");
    return all.filter((service) => selects(service, pod));
  }

  async function reconcileService(name: ObjectName): Promise<void> {
    const service = await client.get(name);
    if (service === undefined || service.metadata.deletionTimestamp !== undefined) return;
    if (objectAt(service, "spec")["type"] === "LoadBalancer") await giveAddress(service);
    if (Object.keys(objectAt(service, "spec", "selector")).length === 0) return;
    const pods = await client.list("/pods", name.namespace);
    const slice = sliceOf(
      service,
      pods.filter((pod) => selects(service, pod)),
    );
    const created = await client.create(slices, slice);
    if (created !== undefined) return;
    const { endpoints = [], ports = [] } = slice;
    await client.change(nameOf(slices, slice), (live) => ({ ...live, endpoints, ports }));
  }

  async function giveAddress(service: ApiObject): Promise<void> {
    const address = textOf(objectAt(service, "spec")["clusterIP"]).replace(/^10\.96\./, "203.0.");
    await client.changeStatus(nameOf(resource, service), (live) => ({
      ...objectAt(live, "status"),
      loadBalancer: { ingress: [{ ip: address, ipMode: "VIP" }] },
    }));
  }

  return {
    name: "endpointslice",
    watches: { [resource]: itself(resource), "/pods": itself("/pods") },
    reconcile: async (name) => {
      if (name.resource === resource) await reconcileService(name);
      const pod = name.resource === "/pods" ? await client.get(name) : undefined;
      const concerned = pod === undefined ? [] : await services(pod);
      for (const service of concerned) await reconcileService(nameOf(resource, service));
      return undefined;
    },
  };
}

function selects(service: ApiObject, pod: ApiObject): boolean {
  const matchLabels = objectAt(service, "spec", "selector");
  return Object.keys(matchLabels).length > 0 && labelSelectorOf({ matchLabels }).matches(pod.metadata.labels);
}

function sliceOf(service: ApiObject, pods: readonly ApiObject[]): ApiObject {
  const { name = "", namespace = "" } = service.metadata;
  const ports = objectAt(service, "spec")["ports"];
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-endpoints`,
      namespace,
      labels: {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: "IPv4",
    endpoints: pods.filter((pod) => fieldAt(pod, "status", "podIP") !== undefined).map(endpointOf),
    ports: Array.isArray(ports) ? ports.filter(isJsonObject).map(endpointPort) : [],
  };
}

function endpointOf(pod: ApiObject): JsonObject {
  const ready = isTrue(pod, "Ready");
  return {
    addresses: [fieldAt(pod, "status", "podIP") ?? ""],
    conditions: { ready, serving: ready, terminating: pod.metadata.deletionTimestamp !== undefined },
    nodeName: fieldAt(pod, "spec", "nodeName") ?? "",
    targetRef: {
      kind: "Pod",
      name: pod.metadata.name ?? "",
      namespace: pod.metadata.namespace ?? "",
      uid: pod.metadata.uid ?? "",
    },
  };
}

function endpointPort({ name, port, protocol, targetPort }: JsonObject): JsonObject {
  return {
    name: name ?? "",
    port: typeof targetPort === "number" ? targetPort : (port ?? 0),
    protocol: protocol ?? "TCP",
  };
}
