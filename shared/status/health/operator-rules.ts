/** How a kind of a well-known operator says that it works. What is named must be there: until then nobody has looked at the object. */
export interface OperatorRule {
  /** Conditions that must all be True. */
  readonly conditions?: readonly string[];
  /** A condition that must not be False: a run that goes on is no failure. */
  readonly notFalse?: string;
  /** A field below `status`, with the values that are good. */
  readonly field?: { readonly path: readonly string[]; readonly good: readonly string[] };
  /** A list below `status` of which each entry has these conditions. */
  readonly each?: { readonly list: string; readonly conditions: readonly string[] };
  /** Where the reason stands, below `status`. */
  readonly reason?: readonly string[];
  /** A switch in `spec` with which a person stops the operator: then there is nothing to wait for. */
  readonly stoppedBy?: string;
}

const ready: OperatorRule = { conditions: ["Ready"] };
const flux: OperatorRule = { conditions: ["Ready"], stoppedBy: "suspend" };
const phase = (...good: readonly string[]): OperatorRule => ({
  field: { path: ["phase"], good },
  reason: ["failureMessage"],
});
const crossplanePackage: OperatorRule = { conditions: ["Installed", "Healthy"] };
const route: OperatorRule = { each: { list: "parents", conditions: ["Accepted", "ResolvedRefs"] } };

/** Rules by API group and kind, after what each operator's own documentation says of its status. */
export const operatorRules: Readonly<Record<string, Readonly<Record<string, OperatorRule>>>> = {
  "acid.zalan.do": { postgresql: { field: { path: ["PostgresClusterStatus"], good: ["Running"] } } },
  "argoproj.io": {
    Application: {
      field: { path: ["health", "status"], good: ["Healthy", "Suspended"] },
      reason: ["health", "message"],
    },
    Rollout: { ...phase("Healthy"), reason: ["message"] },
    Workflow: { ...phase("Running", "Succeeded"), reason: ["message"] },
  },
  "bitnami.com": { SealedSecret: { conditions: ["Synced"] } },
  "ceph.rook.io": {
    CephBlockPool: phase("Ready"),
    CephCluster: { ...phase("Ready"), reason: ["message"] },
    CephFilesystem: phase("Ready"),
    CephObjectStore: phase("Ready", "Connected"),
  },
  "cert-manager.io": { Certificate: ready, CertificateRequest: ready, ClusterIssuer: ready, Issuer: ready },
  "cluster.x-k8s.io": {
    Cluster: phase("Provisioned"),
    Machine: phase("Running"),
    MachineDeployment: phase("Running"),
    MachinePool: phase("Running"),
  },
  "elasticsearch.k8s.elastic.co": { Elasticsearch: phase("Ready") },
  "external-secrets.io": { ClusterSecretStore: ready, ExternalSecret: ready, SecretStore: ready },
  "gateway.networking.k8s.io": {
    Gateway: { conditions: ["Accepted", "Programmed"] },
    GatewayClass: { conditions: ["Accepted"] },
    GRPCRoute: route,
    HTTPRoute: route,
  },
  "helm.toolkit.fluxcd.io": { HelmRelease: flux },
  "kafka.strimzi.io": { Kafka: ready, KafkaConnect: ready, KafkaTopic: ready, KafkaUser: ready },
  "keda.sh": { ScaledJob: ready, ScaledObject: ready },
  "kibana.k8s.elastic.co": { Kibana: { field: { path: ["health"], good: ["green"] } } },
  "kustomize.toolkit.fluxcd.io": { Kustomization: flux },
  "monitoring.coreos.com": {
    Alertmanager: { conditions: ["Available"], stoppedBy: "paused" },
    Prometheus: { conditions: ["Available"], stoppedBy: "paused" },
  },
  "networking.gke.io": { ManagedCertificate: { field: { path: ["certificateStatus"], good: ["Active"] } } },
  "pkg.crossplane.io": { Configuration: crossplanePackage, Function: crossplanePackage, Provider: crossplanePackage },
  "postgresql.cnpg.io": { Cluster: { conditions: ["Ready"], reason: ["phaseReason"] } },
  "projectcontour.io": { HTTPProxy: { field: { path: ["currentStatus"], good: ["valid"] }, reason: ["description"] } },
  "rabbitmq.com": { RabbitmqCluster: { conditions: ["AllReplicasReady", "ReconcileSuccess"] } },
  "serving.knative.dev": { Configuration: ready, Revision: ready, Route: ready, Service: ready },
  "snapshot.storage.k8s.io": {
    VolumeSnapshot: { field: { path: ["readyToUse"], good: ["true"] }, reason: ["error", "message"] },
  },
  "source.toolkit.fluxcd.io": { Bucket: flux, GitRepository: flux, HelmChart: flux, OCIRepository: flux },
  "tekton.dev": { PipelineRun: { notFalse: "Succeeded" }, TaskRun: { notFalse: "Succeeded" } },
  "velero.io": { BackupStorageLocation: { ...phase("Available"), reason: ["message"] } },
};
