import type { JsonObject } from "../../codec/json-value.ts";
import { cleanManifest } from "./clean-manifest.ts";
import { convertCluster } from "./convert-cluster.ts";
import { type Converted, convertGitRepo, restrictionWarnings, secretNames } from "./convert-git-repo.ts";
import type { FleetObjects } from "./fleet-objects.ts";
import { fleetLabels } from "./import-marks.ts";
import { idOf, textAt } from "./json-path.ts";

/** One file of manifests; its path sorts so that `kubectl apply -R` brings what others need first. */
export interface ManifestFile {
  readonly path: string;
  readonly documents: readonly JsonObject[];
}

/** What an import writes and what it tells. */
export interface Manifests {
  readonly files: readonly ManifestFile[];
  readonly warnings: readonly string[];
  /** `<workspace>/<name>` of the Secrets that GitRepos read, where they exist they are needed. */
  readonly secrets: readonly { readonly id: string; readonly isDefault: boolean }[];
}

/** Kinds that Drover does not take over, with what that means. */
const leftOut = [
  ["helmops", "HelmOp", "is not taken over: name the chart in a fleet.yaml of a repository"],
  ["policies", "Policy", "is not taken over: use users and roles; look for its defaults yourself"],
  ["schedules", "Schedule", "is not acted on: changes arrive at any time"],
  ["imagescans", "ImageScan", "is not acted on: change tags in Git"],
] as const;

/** Returns the manifests for Drover of what Fleet has; Secrets are not among them. */
export function planManifests(objects: FleetObjects): Manifests {
  const { gitrepos = [], clusters = [], clustergroups = [], bundlenamespacemappings = [] } = objects;
  const restrictions = objects.gitreporestrictions ?? [];
  const inWorkspace = (workspace: string, list: readonly JsonObject[]): JsonObject[] =>
    list.filter((object) => workspaceOf(object) === workspace);
  const repos = gitrepos.map((repo) => convertGitRepo(repo, inWorkspace(workspaceOf(repo), restrictions)));
  const converted = clusters.map(convertCluster);
  const workspaces = new Set([...gitrepos, ...clusters, ...clustergroups].map(workspaceOf));
  const namespaces = objects.namespaces.filter((object) => workspaces.has(textAt(object, "metadata", "name")));
  const files = [...workspaces]
    .toSorted()
    .flatMap((workspace) => [
      file(`hub/workspaces/${workspace}/cluster-groups.yaml`, inWorkspace(workspace, clustergroups).map(cleanManifest)),
      file(`hub/workspaces/${workspace}/clusters.yaml`, inWorkspace(workspace, manifestsOf(converted))),
      file(`hub/workspaces/${workspace}/git-repos.yaml`, inWorkspace(workspace, manifestsOf(repos))),
    ]);
  const mappings = bundlenamespacemappings.map(cleanManifest);
  return {
    files: [
      file(
        "hub/namespaces.yaml",
        namespaces.map(({ spec: _spec, ...rest }) => cleanManifest({ apiVersion: "v1", kind: "Namespace", ...rest })),
      ),
      ...files,
      file("offline/bundle-namespace-mappings.yaml", mappings),
    ].filter(({ documents }) => documents.length > 0),
    warnings: [
      ...[...repos, ...converted].flatMap(({ warnings }) => warnings),
      ...restrictions.flatMap(restrictionWarnings),
      ...mappings.map(
        (mapping) =>
          `BundleNamespaceMapping ${idOf(mapping)}: the hub does not act on it, only offline commands do (--clusters): repeat the GitRepo in the other workspace`,
      ),
      ...foreignWarnings(objects),
    ],
    secrets: neededSecrets(manifestsOf(repos)),
  };
}

function foreignWarnings(objects: FleetObjects): string[] {
  const others = leftOut.flatMap(([plural, kind, meaning]) =>
    (objects[plural] ?? []).map((object) => `${kind} ${idOf(object)} ${meaning}`),
  );
  const byHand = (objects.bundles ?? []).filter(
    (bundle) =>
      textAt(bundle, "metadata", "labels", fleetLabels.repo) === "" &&
      !textAt(bundle, "metadata", "name").startsWith("fleet-agent"),
  );
  return [...others, ...byHand.map((bundle) => `Bundle ${idOf(bundle)} is of no GitRepo and is not taken over`)];
}

function neededSecrets(gitRepos: readonly JsonObject[]): Manifests["secrets"] {
  const found = new Map<string, { readonly id: string; readonly isDefault: boolean }>();
  for (const repo of gitRepos) {
    for (const name of secretNames(repo)) {
      const id = `${workspaceOf(repo)}/${name}`;
      found.set(id, { id, isDefault: name === "gitcredential" && textAt(repo, "spec", "clientSecretName") === "" });
    }
  }
  return [...found.values()];
}

function manifestsOf(converted: readonly Converted[]): JsonObject[] {
  return converted.map(({ manifest }) => manifest);
}

function file(path: string, documents: readonly JsonObject[]): ManifestFile {
  return { path, documents };
}

function workspaceOf(object: JsonObject): string {
  return textAt(object, "metadata", "namespace");
}
