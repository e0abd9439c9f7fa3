/** Kinds in the order in which Helm installs them (`InstallOrder` of helm.sh/helm/v4); others follow by name. */
const installOrder = (
  "PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget ServiceAccount " +
  "Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim CustomResourceDefinition ClusterRole " +
  "ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet " +
  "Pod ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress " +
  "APIService MutatingWebhookConfiguration ValidatingWebhookConfiguration"
).split(" ");
const places = new Map(installOrder.map((kind, index) => [kind, index]));

/** Compares two kinds by when Helm installs them; unknown ones come last, by name. */
export function compareKinds(a: string, b: string): number {
  const [placeA, placeB] = [places.get(a), places.get(b)];
  if (placeA !== undefined && placeB !== undefined) return placeA - placeB;
  if (placeA !== undefined || placeB !== undefined) return placeA === undefined ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
