/** Annotation of a GitRepo in Fleet: the `keepResources` that it had before `keep` set it. */
export const keptAnnotation = "drover.dev/import-kept";

/** Annotation of a Cluster in Fleet: JSON of when its agent was stopped and how many replicas it had. */
export const stoppedAnnotation = "drover.dev/import-agent-stopped";

/** Annotation of a Cluster in Fleet: JSON of what Drover has adopted there. */
export const adoptedAnnotation = "drover.dev/import-adopted";

/** Annotation of a Cluster in Fleet: when the Secrets of its adopted releases were removed. */
export const releasesRemovedAnnotation = "drover.dev/import-releases-removed";

/** Annotation of a Cluster in Drover that `manifests` wrote as paused; `adopt` takes both away. */
export const pausedAnnotation = "drover.dev/import-paused";

/** Labels by which Fleet ties a BundleDeployment to its GitRepo and Cluster (source: rancher/fleet `pkg/apis`). */
export const fleetLabels = {
  repo: "fleet.cattle.io/repo-name",
  bundleNamespace: "fleet.cattle.io/bundle-namespace",
  bundle: "fleet.cattle.io/bundle-name",
  cluster: "fleet.cattle.io/cluster",
  clusterNamespace: "fleet.cattle.io/cluster-namespace",
} as const;
