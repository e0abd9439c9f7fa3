import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../codec/json-value.ts";
import { cleanManifest } from "../../../../cli/import/clean-manifest.ts";
import { planManifests } from "../../../../cli/import/plan-manifests.ts";

function fleetObject(
  kind: string,
  name: string,
  { metadata = {}, ...fields }: JsonObject & { readonly metadata?: JsonObject } = {},
): JsonObject {
  const own = { name, namespace: "team", uid: "1", resourceVersion: "7", generation: 2, ...metadata };
  return { apiVersion: "fleet.cattle.io/v1alpha1", kind, metadata: own, ...fields, status: { conditions: [] } };
}

const namespaces: readonly JsonObject[] = [
  { metadata: { name: "team", uid: "2", labels: { stage: "prod" } }, spec: { finalizers: ["kubernetes"] } },
  { metadata: { name: "kube-system" } },
];

function documentsOf(objects: Parameters<typeof planManifests>[0], path: RegExp): readonly JsonObject[] {
  return planManifests(objects).files.find((file) => path.test(file.path))?.documents ?? [];
}

describe("manifests for Drover", () => {
  it("have nothing that a server or a controller added, and keep labels and people's annotations", () => {
    const object = fleetObject("GitRepo", "config", {
      spec: { repo: "https://git.example/c.git" },
      metadata: {
        creationTimestamp: "2026-01-01T00:00:00Z",
        managedFields: [],
        finalizers: ["fleet.cattle.io/gitrepo-finalizer"],
        ownerReferences: [],
        labels: { "fleet.cattle.io/created-by-user-id": "u", env: "prod" },
        annotations: {
          "field.cattle.io/creatorId": "u",
          "objectset.rio.cattle.io/id": "x",
          "cattle.io/timestamp": "0",
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
          "meta.helm.sh/release-name": "x",
          "drover.dev/strict": "true",
          "drover.dev/import-kept": "false",
          "example.com/team": "shop",
        },
      },
    });
    expect(cleanManifest(object)).toEqual({
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "GitRepo",
      metadata: {
        name: "config",
        namespace: "team",
        labels: { "fleet.cattle.io/created-by-user-id": "u", env: "prod" },
        annotations: { "drover.dev/strict": "true", "example.com/team": "shop" },
      },
      spec: { repo: "https://git.example/c.git" },
    });
  });

  it("pause each Cluster until it is adopted, drop what is of Fleet's agent, and say so", () => {
    const spec = { clientID: "c", paused: false, templateValues: { a: 1 }, hostNetwork: true, kubeConfigSecret: "k" };
    const cluster = fleetObject("Cluster", "prod", { spec, metadata: { labels: { env: "prod" } } });
    const objects = { namespaces, clusters: [cluster] };
    expect(documentsOf(objects, /clusters\.yaml/u)).toMatchObject([
      {
        metadata: { name: "prod", labels: { env: "prod" }, annotations: { "drover.dev/import-paused": "true" } },
        spec: { paused: true, templateValues: { a: 1 } },
      },
    ]);
    expect(planManifests(objects).warnings).toEqual([
      expect.stringContaining("Cluster team/prod: spec.hostNetwork is about Fleet's agent"),
      expect.stringContaining("Cluster team/prod: spec.kubeConfigSecret is about Fleet's agent"),
    ]);
  });

  it("leave a Cluster that a person paused to that person", () => {
    const cluster = fleetObject("Cluster", "prod", { spec: { paused: true } });
    const [written] = documentsOf({ namespaces, clusters: [cluster] }, /clusters\.yaml/u);
    expect(written).toEqual(expect.objectContaining({ spec: { paused: true } }));
    expect(JSON.stringify(written)).not.toContain("import-paused");
  });

  it("have the restrictions' defaults in GitRepos without their own, the first by name", () => {
    const gitreporestrictions = [
      fleetObject("GitRepoRestriction", "b", { defaultServiceAccount: "late", defaultClientSecretName: "git" }),
      fleetObject("GitRepoRestriction", "a", { defaultServiceAccount: "early", allowedRepoPatterns: ["x"] }),
      fleetObject("GitRepoRestriction", "0", { defaultServiceAccount: "foreign", metadata: { namespace: "other" } }),
    ];
    const gitrepos = [
      fleetObject("GitRepo", "config", { spec: { repo: "r" } }),
      fleetObject("GitRepo", "own", { spec: { repo: "r", serviceAccount: "mine", clientSecretName: "key" } }),
    ];
    const objects = { namespaces, gitrepos, gitreporestrictions };
    expect(documentsOf(objects, /git-repos/u).map(({ spec }) => spec)).toEqual([
      { repo: "r", serviceAccount: "early", clientSecretName: "git" },
      { repo: "r", serviceAccount: "mine", clientSecretName: "key" },
    ]);
    expect(planManifests(objects).warnings).toEqual([
      expect.stringMatching(/GitRepoRestriction team\/a: allowedRepoPatterns is not enforced: let roles say/u),
    ]);
  });

  it("have keepResources as it was before `keep` set it", () => {
    const metadata = { annotations: { "drover.dev/import-kept": "false" } };
    const gitrepos = [
      fleetObject("GitRepo", "set", { metadata, spec: { repo: "r", keepResources: true } }),
      fleetObject("GitRepo", "own", { spec: { repo: "r", keepResources: true } }),
    ];
    const specs = documentsOf({ namespaces, gitrepos }, /git-repos/u).map(({ spec }) => spec);
    expect(specs).toEqual([{ repo: "r" }, { repo: "r", keepResources: true }]);
  });

  it("are in files that sort so that workspaces, clusters and credentials come before GitRepos", () => {
    const { files, secrets } = planManifests({
      namespaces,
      gitrepos: [fleetObject("GitRepo", "config", { spec: { repo: "r", helmSecretName: "helm" } })],
      clusters: [fleetObject("Cluster", "prod")],
      clustergroups: [fleetObject("ClusterGroup", "all")],
      bundlenamespacemappings: [fleetObject("BundleNamespaceMapping", "m")],
    });
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([
      "hub/namespaces.yaml",
      "hub/workspaces/team/cluster-groups.yaml",
      "hub/workspaces/team/clusters.yaml",
      "hub/workspaces/team/git-repos.yaml",
      "offline/bundle-namespace-mappings.yaml",
    ]);
    expect(files[0]?.documents).toEqual([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "team", labels: { stage: "prod" } } },
    ]);
    expect(secrets).toEqual([
      { id: "team/helm", isDefault: false },
      { id: "team/gitcredential", isDefault: true },
    ]);
  });

  it("warn of each thing that Drover does not take over or act on", () => {
    const { warnings } = planManifests({
      namespaces,
      gitrepos: [fleetObject("GitRepo", "config", { spec: { repo: "r", imageScanInterval: "1m", newField: 1 } })],
      helmops: [fleetObject("HelmOp", "op")],
      bundles: [
        fleetObject("Bundle", "by-hand"),
        fleetObject("Bundle", "fleet-agent-prod"),
        fleetObject("Bundle", "config-web", { metadata: { labels: { "fleet.cattle.io/repo-name": "config" } } }),
      ],
      bundlenamespacemappings: [fleetObject("BundleNamespaceMapping", "m")],
    });
    expect(warnings).toEqual([
      expect.stringContaining("GitRepo team/config: spec.imageScanInterval has no effect"),
      "GitRepo team/config: spec.newField is unknown to Drover",
      expect.stringContaining("BundleNamespaceMapping team/m: the hub does not act on it"),
      expect.stringContaining("HelmOp team/op is not taken over"),
      "Bundle team/by-hand is of no GitRepo and is not taken over",
    ]);
  });
});
