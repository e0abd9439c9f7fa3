import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { fieldAt, ownField, withField, withoutFields } from "../json-fields.ts";
import {
  childList,
  childObject,
  fillMissing,
  fillZero,
  isSet,
  mapItems,
  within,
  type Defaulters,
} from "./fill-fields.ts";

// Each function is the SetDefaults_… of the same name in kubernetes/pkg/apis/core/v1/defaults.go.

function containerDefaults(container: JsonObject): JsonObject {
  return fillZero(container, {
    imagePullPolicy: pullPolicyOf(ownField(container, "image")),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
  });
}

/** Always for the tag `latest`, which is also what no tag and no digest means. */
function pullPolicyOf(image: JsonValue | undefined): string {
  const reference = typeof image === "string" ? image : "";
  const [name = "", digest] = reference.split("@", 2);
  const repository = name.replace(/:[^/:]*$/, "");
  if (!/^[a-z0-9][a-z0-9._/:-]*$/i.test(repository) || /[A-Z]/.test(repository.replace(/^[^/]*\//, ""))) {
    return "IfNotPresent";
  }
  const tag = name.slice(repository.length + 1);
  return tag === "latest" || (tag === "" && digest === undefined) ? "Always" : "IfNotPresent";
}

function podDefaults(pod: JsonObject): JsonObject {
  return within(pod, "spec", (spec) => {
    const onHost = ownField(spec, "hostNetwork") === true;
    const withContainers = ["containers", "initContainers"].reduce(
      (result, field) => mapItems(result, field, (container) => podContainerDefaults(container, onHost)),
      spec,
    );
    return fillMissing(withContainers, { enableServiceLinks: true });
  });
}

function podSpecDefaults(spec: JsonObject): JsonObject {
  const zeros = { dnsPolicy: "ClusterFirst", restartPolicy: "Always", schedulerName: "default-scheduler" };
  return fillMissing(fillZero(withBothAccountNames(spec), zeros), {
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  });
}

/** The deprecated name follows the other, and stands in for it (conversion.go beside defaults.go). */
function withBothAccountNames(spec: JsonObject): JsonObject {
  const name = ["serviceAccountName", "serviceAccount"]
    .map((field) => ownField(spec, field))
    .find((value) => typeof value === "string" && value !== "");
  return name === undefined ? spec : { ...spec, serviceAccountName: name, serviceAccount: name };
}

/** Requests default to limits, and ports of the host to those of the container. */
function podContainerDefaults(container: JsonObject, onHost: boolean): JsonObject {
  const limits = fieldAt(container, "resources", "limits");
  const withRequests = isJsonObject(limits)
    ? within(container, "resources", (resources) =>
        within(resources, "requests", (requests) => fillMissing(requests, limits)),
      )
    : container;
  if (!onHost) return withRequests;
  return mapItems(withRequests, "ports", (port) => fillZero(port, { hostPort: ownField(port, "containerPort") ?? 0 }));
}

function volumeDefaults(volume: JsonObject): JsonObject {
  const sources = Object.keys(withoutFields(volume, "name")).filter((name) => isSet(volume, name));
  if (sources.length === 0) return { ...volume, emptyDir: {} };
  if (!isSet(volume, "image")) return volume;
  return within(volume, "image", (image) =>
    fillZero(image, { pullPolicy: pullPolicyOf(ownField(image, "reference")) }),
  );
}

function serviceDefaults(service: JsonObject): JsonObject {
  const typed = within(service, "spec", serviceSpecDefaults);
  if (fieldAt(typed, "spec", "type") !== "LoadBalancer") return typed;
  const ingress = childList(childObject(childObject(typed, "status"), "loadBalancer"), "ingress");
  if (ingress.length === 0) return typed;
  return within(typed, "status", (status) =>
    within(status, "loadBalancer", (balancer) =>
      mapItems(balancer, "ingress", (item) => (isSet(item, "ip") ? fillMissing(item, { ipMode: "VIP" }) : item)),
    ),
  );
}

function serviceSpecDefaults(original: JsonObject): JsonObject {
  let spec = fillZero(original, { sessionAffinity: "None", type: "ClusterIP" });
  if (spec["sessionAffinity"] === "None") spec = withoutFields(spec, "sessionAffinityConfig");
  if (spec["sessionAffinity"] === "ClientIP") {
    const seconds = fieldAt(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") ?? null;
    if (seconds === null) spec = { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } };
  }
  spec = mapItems(spec, "ports", (port) =>
    fillZero(port, { protocol: "TCP", targetPort: ownField(port, "port") ?? 0 }),
  );
  const type = spec["type"];
  const balanced = type === "LoadBalancer" || type === "NodePort";
  if (balanced || (type === "ClusterIP" && childList(spec, "externalIPs").length > 0)) {
    spec = fillZero(spec, { externalTrafficPolicy: "Cluster" });
  }
  if (balanced || type === "ClusterIP") spec = fillMissing(spec, { internalTrafficPolicy: "Cluster" });
  return type === "LoadBalancer" ? fillMissing(spec, { allocateLoadBalancerNodePorts: true }) : spec;
}

function namespaceDefaults(namespace: JsonObject): JsonObject {
  const name = fieldAt(namespace, "metadata", "name");
  if (typeof name !== "string" || name === "") return namespace;
  return within(namespace, "metadata", (metadata) =>
    within(metadata, "labels", (labels) => withField(labels, "kubernetes.io/metadata.name", name)),
  );
}

function replicationControllerDefaults(controller: JsonObject): JsonObject {
  const labels = fieldAt(controller, "spec", "template", "metadata", "labels");
  if (!isJsonObject(labels)) return controller;
  const selected = within(controller, "spec", (spec) => fillEmpty(spec, "selector", labels));
  return within(selected, "metadata", (metadata) => fillEmpty(metadata, "labels", labels));
}

function fillEmpty(object: JsonObject, field: string, value: JsonObject): JsonObject {
  return Object.keys(childObject(object, field)).length === 0 ? withField(object, field, value) : object;
}

function limitRangeItemDefaults(item: JsonObject): JsonObject {
  if (ownField(item, "type") !== "Container") return item;
  const defaults = fillMissing(childObject(item, "default"), childObject(item, "max"));
  const requests = fillMissing(fillMissing(childObject(item, "defaultRequest"), defaults), childObject(item, "min"));
  return withField(withField(item, "default", defaults), "defaultRequest", requests);
}

const readableByAll = { defaultMode: 0o644 };

/** Defaults of the core group, by Go type. */
export const coreDefaults: Defaulters = {
  ConfigMapVolumeSource: (source) => fillMissing(source, readableByAll),
  Container: containerDefaults,
  DownwardAPIVolumeSource: (source) => fillMissing(source, readableByAll),
  EndpointPort: (port) => fillZero(port, { protocol: "TCP" }),
  EphemeralContainer: containerDefaults,
  HTTPGetAction: (action) => fillZero(action, { path: "/", scheme: "HTTP" }),
  HostPathVolumeSource: (source) => fillMissing(source, { type: "" }),
  LimitRangeItem: limitRangeItemDefaults,
  Namespace: namespaceDefaults,
  NamespaceStatus: (status) => fillZero(status, { phase: "Active" }),
  NodeStatus: (status) =>
    isSet(status, "capacity") ? fillMissing(status, { allocatable: childObject(status, "capacity") }) : status,
  ObjectFieldSelector: (selector) => fillZero(selector, { apiVersion: "v1" }),
  PersistentVolumeClaimSpec: (spec) => fillMissing(spec, { volumeMode: "Filesystem" }),
  PersistentVolumeClaim: (claim) => within(claim, "status", (status) => fillZero(status, { phase: "Pending" })),
  PersistentVolumeSpec: (spec) =>
    fillMissing(fillZero(spec, { persistentVolumeReclaimPolicy: "Retain" }), { volumeMode: "Filesystem" }),
  PersistentVolumeStatus: (status) => fillZero(status, { phase: "Pending" }),
  Pod: podDefaults,
  PodSpec: podSpecDefaults,
  Probe: (probe) => fillZero(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  ProjectedVolumeSource: (source) => fillMissing(source, readableByAll),
  ReplicationController: replicationControllerDefaults,
  Secret: (secret) => fillZero(secret, { type: "Opaque" }),
  SecretVolumeSource: (source) => fillMissing(source, readableByAll),
  Service: serviceDefaults,
  ServiceAccountTokenProjection: (projection) => fillMissing(projection, { expirationSeconds: 3600 }),
  Volume: volumeDefaults,
};
