/** An API that Kubernetes means to take away, in the words of its API server. */
export interface DeprecatedApi {
  /** Minor version of Kubernetes 1 that first warned. */
  readonly sinceMinor: number;
  readonly warning: string;
}

/**
 * Kinds by API version: minor of the first warning, minor of the removal (0: none named), API version that replaces it, kinds
 * (`A>B`: B replaces A). Taken from the API lifecycle of k8s.io/api 0.37.1, which Helm 4.3.1 asks.
 */
const table: readonly (readonly [version: string, since: number, removed: number, by: string, kinds: string])[] = [
  [
    "admissionregistration.k8s.io/v1alpha1",
    35,
    38,
    "",
    "MutatingAdmissionPolicyBindingList MutatingAdmissionPolicyBinding MutatingAdmissionPolicyList MutatingAdmissionPolicy",
  ],
  [
    "admissionregistration.k8s.io/v1alpha1",
    29,
    32,
    "",
    "ValidatingAdmissionPolicyBindingList ValidatingAdmissionPolicyBinding ValidatingAdmissionPolicyList ValidatingAdmissionPolicy",
  ],
  [
    "admissionregistration.k8s.io/v1beta1",
    37,
    40,
    "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicyBindingList MutatingAdmissionPolicyBinding MutatingAdmissionPolicyList MutatingAdmissionPolicy",
  ],
  [
    "admissionregistration.k8s.io/v1beta1",
    16,
    22,
    "admissionregistration.k8s.io/v1",
    "MutatingWebhookConfigurationList MutatingWebhookConfiguration ValidatingWebhookConfigurationList ValidatingWebhookConfiguration",
  ],
  [
    "admissionregistration.k8s.io/v1beta1",
    31,
    34,
    "",
    "ValidatingAdmissionPolicyBindingList ValidatingAdmissionPolicyBinding ValidatingAdmissionPolicyList ValidatingAdmissionPolicy",
  ],
  [
    "apps/v1beta1",
    8,
    16,
    "apps/v1",
    "ControllerRevisionList ControllerRevision DeploymentList DeploymentRollback Deployment StatefulSetList StatefulSet",
  ],
  ["apps/v1beta1", 8, 16, "autoscaling/v1", "Scale"],
  [
    "apps/v1beta2",
    9,
    16,
    "apps/v1",
    "ControllerRevisionList ControllerRevision DaemonSetList DaemonSet DeploymentList Deployment ReplicaSetList ReplicaSet StatefulSetList StatefulSet",
  ],
  ["apps/v1beta2", 9, 16, "autoscaling/v1", "Scale"],
  ["authentication.k8s.io/v1alpha1", 29, 32, "", "SelfSubjectReview"],
  ["authentication.k8s.io/v1beta1", 30, 33, "", "SelfSubjectReview"],
  ["authentication.k8s.io/v1beta1", 19, 22, "authentication.k8s.io/v1", "TokenReview"],
  [
    "authorization.k8s.io/v1beta1",
    19,
    22,
    "authorization.k8s.io/v1",
    "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
  ],
  ["batch/v1beta1", 21, 25, "batch/v1", "CronJobList CronJob"],
  ["certificates.k8s.io/v1alpha1", 34, 37, "", "ClusterTrustBundleList ClusterTrustBundle"],
  [
    "certificates.k8s.io/v1beta1",
    19,
    22,
    "certificates.k8s.io/v1",
    "CertificateSigningRequestList CertificateSigningRequest",
  ],
  [
    "certificates.k8s.io/v1beta1",
    37,
    40,
    "certificates.k8s.io/v1",
    "ClusterTrustBundleList ClusterTrustBundle PodCertificateRequestList PodCertificateRequest",
  ],
  ["coordination.k8s.io/v1alpha2", 35, 38, "", "LeaseCandidateList LeaseCandidate"],
  ["coordination.k8s.io/v1beta1", 36, 39, "", "LeaseCandidateList LeaseCandidate"],
  ["coordination.k8s.io/v1beta1", 19, 22, "coordination.k8s.io/v1", "LeaseList Lease"],
  ["discovery.k8s.io/v1beta1", 21, 25, "discovery.k8s.io/v1", "EndpointSliceList>EndpointSlice EndpointSlice"],
  ["events.k8s.io/v1beta1", 22, 25, "", "EventList Event"],
  [
    "extensions/v1beta1",
    8,
    16,
    "apps/v1",
    "DaemonSetList DaemonSet DeploymentList Deployment ReplicaSetList ReplicaSet",
  ],
  ["extensions/v1beta1", 8, 16, "", "DeploymentRollback"],
  ["extensions/v1beta1", 14, 22, "networking.k8s.io/v1", "IngressList Ingress"],
  ["extensions/v1beta1", 9, 16, "networking.k8s.io/v1", "NetworkPolicyList NetworkPolicy"],
  ["extensions/v1beta1", 2, 16, "", "Scale"],
  [
    "flowcontrol.apiserver.k8s.io/v1beta1",
    23,
    26,
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "FlowSchemaList FlowSchema PriorityLevelConfigurationList PriorityLevelConfiguration",
  ],
  [
    "flowcontrol.apiserver.k8s.io/v1beta2",
    26,
    29,
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "FlowSchemaList FlowSchema PriorityLevelConfigurationList PriorityLevelConfiguration",
  ],
  [
    "flowcontrol.apiserver.k8s.io/v1beta3",
    29,
    32,
    "flowcontrol.apiserver.k8s.io/v1",
    "FlowSchemaList FlowSchema PriorityLevelConfigurationList PriorityLevelConfiguration",
  ],
  ["lifecycle.k8s.io/v1alpha1", 40, 43, "", "EvictionList EvictionRequestList EvictionRequest Eviction"],
  ["networking.k8s.io/v1beta1", 34, 37, "", "IPAddressList IPAddress ServiceCIDRList ServiceCIDR"],
  [
    "networking.k8s.io/v1beta1",
    19,
    22,
    "networking.k8s.io/v1",
    "IngressClassList IngressClass>IngressClassList IngressList Ingress",
  ],
  ["node.k8s.io/v1beta1", 22, 25, "", "RuntimeClassList RuntimeClass"],
  ["policy/v1beta1", 22, 25, "", "Eviction"],
  ["policy/v1beta1", 21, 25, "policy/v1", "PodDisruptionBudgetList PodDisruptionBudget"],
  [
    "rbac.authorization.k8s.io/v1beta1",
    17,
    22,
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBindingList ClusterRoleBinding ClusterRoleList ClusterRole RoleBindingList RoleBinding RoleList Role",
  ],
  ["resource.k8s.io/v1alpha3", 36, 39, "", "DeviceTaintRuleList DeviceTaintRule"],
  ["resource.k8s.io/v1alpha3", 39, 42, "", "ResourcePoolStatusRequestList ResourcePoolStatusRequest"],
  [
    "resource.k8s.io/v1beta1",
    35,
    38,
    "",
    "DeviceClassList DeviceClass ResourceClaimList ResourceClaimTemplateList ResourceClaimTemplate ResourceClaim ResourceSliceList ResourceSlice",
  ],
  [
    "resource.k8s.io/v1beta2",
    36,
    39,
    "",
    "DeviceClassList DeviceClass ResourceClaimList ResourceClaimTemplateList ResourceClaimTemplate ResourceClaim ResourceSliceList ResourceSlice",
  ],
  ["resource.k8s.io/v1beta2", 39, 42, "", "DeviceTaintRuleList DeviceTaintRule"],
  ["scheduling.k8s.io/v1beta1", 40, 43, "", "PodGroupList PodGroup WorkloadList Workload"],
  ["scheduling.k8s.io/v1beta1", 14, 22, "scheduling.k8s.io/v1", "PriorityClassList PriorityClass"],
  ["storage.k8s.io/v1alpha1", 21, 24, "storage.k8s.io/v1beta1", "CSIStorageCapacityList CSIStorageCapacity"],
  ["storage.k8s.io/v1alpha1", 21, 24, "storage.k8s.io/v1", "VolumeAttachmentList VolumeAttachment"],
  ["storage.k8s.io/v1alpha1", 32, 35, "storage.k8s.io/v1", "VolumeAttributesClassList VolumeAttributesClass"],
  [
    "storage.k8s.io/v1beta1",
    19,
    22,
    "storage.k8s.io/v1",
    "CSIDriverList CSIDriver StorageClassList StorageClass VolumeAttachmentList VolumeAttachment",
  ],
  ["storage.k8s.io/v1beta1", 17, 22, "storage.k8s.io/v1", "CSINodeList>CSINode CSINode"],
  ["storage.k8s.io/v1beta1", 24, 27, "storage.k8s.io/v1", "CSIStorageCapacityList CSIStorageCapacity"],
  ["storage.k8s.io/v1beta1", 34, 37, "storage.k8s.io/v1", "VolumeAttributesClassList VolumeAttributesClass"],
  [
    "storagemigration.k8s.io/v1beta1",
    37,
    40,
    "storagemigration.k8s.io/v1",
    "StorageVersionMigrationList StorageVersionMigration",
  ],
  ["v1", 19, 0, "", "ComponentStatusList ComponentStatus"],
  ["v1", 33, 0, "discovery.k8s.io/v1", "EndpointsList>EndpointSliceList Endpoints>EndpointSlice"],
];

const deprecated = new Map<string, DeprecatedApi>(
  table.flatMap(([version, sinceMinor, removed, by, kinds]) =>
    kinds.split(" ").map((entry) => {
      const [kind = "", successor = kind] = entry.split(">");
      const gone = removed === 0 ? "" : `, unavailable in v1.${removed}+`;
      const instead = by === "" ? "" : `; use ${by} ${successor}`;
      const warning = `${version} ${kind} is deprecated in v1.${sinceMinor}+${gone}${instead}`;
      return [`${version} ${kind}`, { sinceMinor, warning }] as const;
    }),
  ),
);

/** Returns what is known of a kind on its way out, undefined for all others. */
export function findDeprecatedApi(apiVersion: string, kind: string): DeprecatedApi | undefined {
  return deprecated.get(`${apiVersion} ${kind}`);
}
