import type { CapabilityFacts } from "../functions/objects/capabilities.ts";

/** What charts see of Helm: that of Helm 4.3.1, which this engine is compared with. */
export const helmBuild: CapabilityFacts["helm"] = {
  version: "v4.3",
  gitCommit: "",
  gitTreeState: "",
  goVersion: "go1.26.8",
  kubeClientVersion: "v1.37",
};

/** The Kubernetes version that Helm assumes without a cluster. */
export const defaultKubeVersion = "v1.37.0";

/** The API versions that Helm assumes without a cluster, in its order (client-go's scheme and the definitions of kinds). */
export const defaultApiVersions: readonly string[] = (
  "v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1 " +
  "internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 authentication.k8s.io/v1 " +
  "authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 authorization.k8s.io/v1 authorization.k8s.io/v1beta1 " +
  "autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1 " +
  "certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 " +
  "discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 " +
  "flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 " +
  "flowcontrol.apiserver.k8s.io/v1beta3 lifecycle.k8s.io/v1alpha1 networking.k8s.io/v1 networking.k8s.io/v1beta1 " +
  "node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1 " +
  "rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1 resource.k8s.io/v1beta2 " +
  "resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha3 scheduling.k8s.io/v1beta1 " +
  "scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1 " +
  "storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1"
).split(" ");

/** Returns a version with its `v` and without what follows its numbers, as constraints are compared with; undefined when it is none. */
export function normalKubeVersion(version: string): string | undefined {
  const numbers = /^\s*v?(\d+(?:\.\d+)+)/.exec(version)?.[1];
  return numbers === undefined ? undefined : `v${numbers.split(".").map(Number).join(".")}`;
}
