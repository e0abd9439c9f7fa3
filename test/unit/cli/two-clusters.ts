/** Files by name: targets that match every cluster, and the clusters `dev` and `prod`, whose label `env` is their name. */
export const twoClusters: Readonly<Record<string, string>> = {
  "targets.yaml": "targets: [{ clusterSelector: {} }]\ntargetRestrictions: [{ clusterSelector: {} }]\n",
  "clusters.yaml": ["dev", "prod"]
    .map(
      (name) =>
        `kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: ${name}, labels: { env: ${name} } }\nspec: {}\n`,
    )
    .join("---\n"),
};
