import type { JsonObject, JsonValue } from "../../codec/json-value.ts";

/** API group and version of Drover's kinds: Rancher Fleet's, so that its manifests work unchanged. */
export const fleetGroup = "fleet.cattle.io";
export const fleetApiVersion = "fleet.cattle.io/v1alpha1";

/** Metadata of a Kubernetes object, as far as Drover reads it. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly JsonObject[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly JsonObject[];
}

/** Any Kubernetes object: unknown fields are kept as read. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta & Readonly<Record<string, JsonValue | undefined>>;
  readonly [field: string]: unknown;
}

/** Names one object on one cluster; `namespace` is "" for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}
