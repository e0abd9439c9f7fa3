import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import {
  count,
  countAt,
  entriesAt,
  field,
  flagAt,
  objectsAt,
  since,
  size,
  textAt,
  textOr,
  textsAt,
  type KindCells,
} from "./cell-values.ts";

function nodeStatus(node: ApiObject): string {
  const ready = objectsAt(node, "status", "conditions").find((item) => textAt(item, "type") === "Ready");
  const status = ready === undefined ? "Unknown" : textAt(ready, "status") === "True" ? "Ready" : "NotReady";
  return flagAt(false, node, "spec", "unschedulable") ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = "node-role.kubernetes.io/";

function nodeRoles({ metadata }: ApiObject): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([name, value]) => {
    if (name.startsWith(rolePrefix)) return [name.slice(rolePrefix.length)];
    return name === "kubernetes.io/role" ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ""))].sort().join(",") || "<none>";
}

function nodeAddress(node: ApiObject, type: string): string {
  const found = objectsAt(node, "status", "addresses").find((address) => textAt(address, "type") === type);
  return found === undefined ? "<none>" : textAt(found, "address");
}

function kernelOf(node: ApiObject): string {
  const architecture = textAt(node, "status", "nodeInfo", "architecture");
  const kernel = textOr("<unknown>", node, "status", "nodeInfo", "kernelVersion");
  return architecture === "" ? kernel : `${kernel} (${architecture})`;
}

function phaseOf(object: ApiObject): string {
  return object.metadata.deletionTimestamp === undefined ? textAt(object, "status", "phase") : "Terminating";
}

const modeOrder = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
] as const;

function accessModes(modes: readonly string[]): string {
  return modeOrder.flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(",");
}

function claimOf(volume: ApiObject): string {
  if (fieldAt(volume, "spec", "claimRef") === undefined) return "";
  return `${textAt(volume, "spec", "claimRef", "namespace")}/${textAt(volume, "spec", "claimRef", "name")}`;
}

function isBound(claim: ApiObject): boolean {
  return textAt(claim, "spec", "volumeName") !== "";
}

const storageClassAnnotation = "volume.beta.kubernetes.io/storage-class";

function storageClassOf(object: ApiObject): string {
  return object.metadata.annotations?.[storageClassAnnotation] ?? textAt(object, "spec", "storageClassName");
}

/** The part of a quota whose resources begin with `limits.`, or all the rest. */
function quotaPart(quota: ApiObject, limits: boolean): string {
  return entriesAt(quota, "status", "hard")
    .filter(([name]) => name.startsWith("limits.") === limits)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, hard]) => `${name}: ${textOr("0", quota, "status", "used", name)}/${textAt(hard)}`)
    .join(", ");
}

function firstSeen(event: ApiObject, nowMs: number): string {
  return since(textOr(textAt(event, "eventTime"), event, "firstTimestamp"), nowMs);
}

function lastSeen(event: ApiObject, nowMs: number): string {
  const observed = fieldAt(event, "series");
  if (observed !== undefined && observed !== null) return since(textAt(observed, "lastObservedTime"), nowMs);
  const last = textAt(event, "lastTimestamp");
  return last === "" ? firstSeen(event, nowMs) : since(last, nowMs);
}

function eventTarget(event: ApiObject): string {
  const kind = textAt(event, "involvedObject", "kind").toLowerCase();
  const name = textAt(event, "involvedObject", "name");
  return name === "" ? kind : `${kind}/${name}`;
}

function eventSource(event: ApiObject): string {
  const component = textOr(textAt(event, "reportingComponent"), event, "source", "component");
  const instance = textOr(textAt(event, "reportingInstance"), event, "source", "host");
  return instance === "" ? component : `${component}, ${instance}`;
}

function eventCount(event: ApiObject): number {
  const series = countAt(event, "series", "count");
  return series === 0 ? Math.max(countAt(event, "count"), 1) : series;
}

/** The cells of nodes, storage, configuration and events, by "group/plural". */
export const clusterCells: Readonly<Record<string, KindCells>> = {
  "/configmaps": { Data: (map) => entriesAt(map, "data").length + entriesAt(map, "binaryData").length },
  "/events": {
    "Last Seen": lastSeen,
    Type: field("type"),
    Reason: field("reason"),
    Object: eventTarget,
    Subobject: field("involvedObject.fieldPath"),
    Source: eventSource,
    Message: (event) => textAt(event, "message").trim(),
    "First Seen": firstSeen,
    Count: eventCount,
  },
  "/namespaces": { Status: field("status.phase") },
  "/nodes": {
    Status: nodeStatus,
    Roles: nodeRoles,
    Version: field("status.nodeInfo.kubeletVersion"),
    "Internal-IP": (node) => nodeAddress(node, "InternalIP"),
    "External-IP": (node) => nodeAddress(node, "ExternalIP"),
    "OS-Image": field("status.nodeInfo.osImage", "<unknown>"),
    "Kernel-Version": kernelOf,
    "Container-Runtime": field("status.nodeInfo.containerRuntimeVersion", "<unknown>"),
  },
  "/persistentvolumeclaims": {
    Status: phaseOf,
    Volume: field("spec.volumeName"),
    Capacity: (claim) => (isBound(claim) ? textOr("0", claim, "status", "capacity", "storage") : ""),
    "Access Modes": (claim) => (isBound(claim) ? accessModes(textsAt(claim, "status", "accessModes")) : ""),
    StorageClass: storageClassOf,
    VolumeAttributesClass: field("spec.volumeAttributesClassName", "<unset>"),
    VolumeMode: field("spec.volumeMode", "<unset>"),
  },
  "/persistentvolumes": {
    Capacity: field("spec.capacity.storage", "0"),
    "Access Modes": (volume) => accessModes(textsAt(volume, "spec", "accessModes")),
    "Reclaim Policy": field("spec.persistentVolumeReclaimPolicy"),
    Status: phaseOf,
    Claim: claimOf,
    StorageClass: storageClassOf,
    VolumeAttributesClass: field("spec.volumeAttributesClassName", "<unset>"),
    Reason: field("status.reason"),
    VolumeMode: field("spec.volumeMode", "<unset>"),
  },
  "/resourcequotas": { Request: (quota) => quotaPart(quota, false), Limit: (quota) => quotaPart(quota, true) },
  "/secrets": { Type: field("type"), Data: (secret) => entriesAt(secret, "data").length },
  "coordination.k8s.io/leases": { Holder: field("spec.holderIdentity") },
  "node.k8s.io/runtimeclasses": { Handler: field("handler") },
  "scheduling.k8s.io/priorityclasses": {
    Value: count("value"),
    "Global-Default": (priority) => flagAt(false, priority, "globalDefault"),
    PreemptionPolicy: field("preemptionPolicy"),
  },
  "storage.k8s.io/csidrivers": {
    AttachRequired: (driver) => flagAt(true, driver, "spec", "attachRequired"),
    PodInfoOnMount: (driver) => flagAt(false, driver, "spec", "podInfoOnMount"),
    StorageCapacity: (driver) => flagAt(false, driver, "spec", "storageCapacity"),
    TokenRequests: (driver) =>
      fieldAt(driver, "spec", "tokenRequests") === undefined
        ? "<unset>"
        : objectsAt(driver, "spec", "tokenRequests")
            .map((request) => textAt(request, "audience"))
            .join(","),
    RequiresRepublish: (driver) => flagAt(false, driver, "spec", "requiresRepublish"),
    Modes: (driver) => textsAt(driver, "spec", "volumeLifecycleModes").join(",") || "<none>",
  },
  "storage.k8s.io/csinodes": { Drivers: size("spec.drivers") },
  "storage.k8s.io/storageclasses": {
    Provisioner: field("provisioner"),
    ReclaimPolicy: field("reclaimPolicy", "Delete"),
    VolumeBindingMode: field("volumeBindingMode", "Immediate"),
    AllowVolumeExpansion: (storage) => flagAt(false, storage, "allowVolumeExpansion"),
  },
  "storage.k8s.io/volumeattachments": {
    Attacher: field("spec.attacher"),
    PV: field("spec.source.persistentVolumeName"),
    Node: field("spec.nodeName"),
    Attached: (attachment) => flagAt(false, attachment, "status", "attached"),
  },
  "storage.k8s.io/volumeattributesclasses": { DriverName: field("driverName") },
};
