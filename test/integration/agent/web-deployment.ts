/** Returns a Deployment `web` whose pods end as the rig's stages say (`test/kube/stages.yaml`), as JSON, which is YAML. */
export function webDeployment(outcome: "ready" | "pull-error", version: string): string {
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web", "rig.drover.dev/outcome": outcome } },
        spec: { containers: [{ name: "app", image: `registry.example/web:${version}` }] },
      },
    },
  });
}
