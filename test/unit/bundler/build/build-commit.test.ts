import { hash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildCommit } from "../../../../bundler/build/build-commit.ts";
import { nameOf, takenNames } from "../../../../bundler/build/bundle-names.ts";
import type { BuildCache, CommitBuild } from "../../../../bundler/build/commit-build.ts";
import type { KustomizeRenderer } from "../../../../shared/runtime/kustomize/kustomize.ts";
import { AppError } from "../../../../shared/errors.ts";
import { memoryCommit, type MemoryStore } from "../../../support/memory-commit.ts";
import type { MemoryFile } from "../../../support/memory-tree.ts";

type Files = Readonly<Record<string, MemoryFile>>;

const options = { name: "repo", namespace: "fleet-default" };
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

function someApps(count: number): Files {
  const files: Record<string, MemoryFile> = {};
  for (let index = 0; index < count; index += 1) {
    files[`apps/app${index}/fleet.yaml`] = `namespace: app${index}\n`;
    files[`apps/app${index}/cm.yaml`] = `${configMap}data: {i: "${index}"}\n`;
  }
  return files;
}

/** Builds one commit after the other, each with the cache of the one before. */
async function buildAll(
  commits: readonly Files[],
  more: { readonly kustomize?: KustomizeRenderer } = {},
): Promise<CommitBuild[]> {
  const store: MemoryStore = new Map();
  const builds: CommitBuild[] = [];
  let cache: BuildCache | undefined;
  for (const files of commits) {
    const tree = memoryCommit(files, store);
    const build = await buildCommit({ tree, options, scan: {}, ...more, ...(cache === undefined ? {} : { cache }) });
    cache = build.cache;
    builds.push(build);
  }
  return builds;
}

/** What a build says, without which of it was reused. */
function outcome(build: CommitBuild | undefined): unknown {
  return build?.bundles.map((built) =>
    built.kind === "bundle" ? [built.bundle, built.contents] : [nameOf(built), built.error.code],
  );
}

describe("buildCommit", () => {
  it("gives each bundle with its content by digest", async () => {
    const [build] = await buildAll([someApps(2)]);
    expect(build?.bundles.map(nameOf)).toEqual(["repo-apps-app0", "repo-apps-app1"]);
    for (const [digest, blob] of build?.blobs ?? []) {
      const json = zstdDecompressSync(blob.compress());
      expect(hash("sha256", json, "hex")).toBe(digest);
      expect(json).toHaveLength(blob.size);
      expect(JSON.parse(json.toString())).toMatchObject({ source: "files", resources: [{ name: "cm.yaml" }] });
    }
    expect(build?.blobs.size).toBe(2);
  });

  it("builds only the directory that a commit touches", async () => {
    const before = someApps(50);
    const [, build] = await buildAll([before, { ...before, "apps/app7/cm.yaml": `${configMap}data: {i: changed}\n` }]);
    expect(build?.counts).toMatchObject({ built: 1, reused: 49, blobsRead: 2 });
    expect(build?.changed.map(nameOf)).toEqual(["repo-apps-app7"]);
    expect(build?.bundles).toHaveLength(50);
    expect(build?.blobs.size).toBe(1);
  });

  it("builds nothing when nothing below the paths has changed", async () => {
    const [first, second] = await buildAll([someApps(3), { ...someApps(3), "README.md": "hello" }]);
    expect(second?.counts).toMatchObject({ built: 0, reused: 3, blobsRead: 0 });
    expect(second?.bundles).toEqual(first?.bundles);
    expect(second?.changed).toEqual([]);
  });

  it.each<{ name: string; change: (files: Record<string, MemoryFile>) => void }>([
    { name: "a directory is added", change: (files) => (files["apps/new/fleet.yaml"] = "namespace: n\n") },
    {
      name: "a plain directory gets a fleet.yaml",
      change: (files) => (files["apps/app1/sub/fleet.yaml"] = "namespace: n\n"),
    },
    {
      name: "a directory goes",
      change: (files) => {
        delete files["apps/app1/fleet.yaml"];
        delete files["apps/app1/cm.yaml"];
      },
    },
    { name: "only the fleet.yaml goes", change: (files) => delete files["apps/app1/fleet.yaml"] },
    { name: "the root gets YAML of its own", change: (files) => (files["top.yaml"] = configMap) },
    { name: "a bundle gets another name", change: (files) => (files["apps/app1/fleet.yaml"] = "name: other\n") },
    {
      name: "a bundle takes another's name",
      change: (files) => (files["apps/app1/fleet.yaml"] = "name: repo-apps-app2\n"),
    },
    { name: "a fleet.yaml becomes invalid", change: (files) => (files["apps/app1/fleet.yaml"] = "namespace: [\n") },
    {
      name: "a values file outside of the directory changes",
      change: (files) => (files["common/values.yaml"] = "a: 2\n"),
    },
    { name: "a bundle gets empty", change: (files) => delete files["apps/app1/cm.yaml"] },
  ])("gives what a build from nothing gives when $name", async ({ change }) => {
    const before: Record<string, MemoryFile> = {
      ...someApps(4),
      "apps/chart/fleet.yaml": "helm:\n  chart: .\n  valuesFiles: [../../common/values.yaml]\n",
      "apps/chart/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
      "apps/chart/linked.yaml": { link: "../../common/linked.yaml" },
      "common/linked.yaml": configMap,
      "common/values.yaml": "a: 1\n",
    };
    const after = { ...before };
    change(after);
    const [, warm] = await buildAll([before, after]);
    const [cold] = await buildAll([after]);
    expect(outcome(warm)).toEqual(outcome(cold));
  });

  it("gives what a build from nothing gives, whatever a row of commits changes", async () => {
    const path = fc.constantFrom("", "a/", "a/b/", "a/b/c/", "d/", "d/e/");
    const name = fc.constantFrom("fleet.yaml", "fleet.yml", "cm.yaml", "note.txt", ".fleetignore");
    const text = fc.constantFrom("namespace: x\n", "name: same\n", configMap, "cm.yaml\n", "labels: [\n");
    const link = fc.constantFrom({ link: "../a" }, { link: "cm.yaml" }, { link: "nowhere" });
    const file = fc.tuple(path, name, fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: link }));
    const commit = fc.array(file, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 2, maxLength: 4 }), async (rows) => {
        let files: Files = {};
        const commits = rows.map((row) => {
          const kept = Object.entries(files).filter((_, index) => index % 5 !== 0);
          files = Object.fromEntries([
            ...kept,
            ...row.map(([dir, base, content]) => [`${dir}${base}`, content] as const),
          ]);
          return files;
        });
        const warm = await buildAll(commits);
        const cold = await buildAll(commits.slice(-1));
        expect(outcome(warm.at(-1))).toEqual(outcome(cold[0]));
      }),
      { numRuns: 120 },
    );
  });

  it("stops a bad directory only, and tells where it is bad", async () => {
    const [build] = await buildAll([
      { ...someApps(9), "apps/bad/fleet.yaml": "namespace: [\n", "apps/bad/cm.yaml": configMap },
    ]);
    const failed = build?.bundles.find(({ kind }) => kind === "failed");
    expect(build?.counts).toMatchObject({ built: 9, failed: 1 });
    expect(failed).toMatchObject({ name: "repo-apps-bad", dir: { path: "apps/bad" } });
  });

  it("warns about a Git LFS pointer, with the file", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;
    const [build] = await buildAll([{ ...someApps(1), "apps/app0/crds.yaml": pointer }]);
    expect(build?.bundles[0]?.warnings).toMatchObject([
      { code: "LFS_POINTER", position: { file: "apps/app0/crds.yaml", line: 1 } },
    ]);
  });

  it("refuses the bundle of a Git LFS pointer where strict is set, and only that", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 12\n`;
    const tree = memoryCommit({ ...someApps(2), "apps/app0/crds.yaml": pointer }, new Map());
    const { bundles } = await buildCommit({ tree, options: { ...options, strict: true }, scan: {} });
    expect(bundles).toMatchObject([
      { kind: "failed", error: { code: "BUNDLE_STRICT", position: { file: "apps/app0/crds.yaml" } } },
      { kind: "bundle" },
    ]);
  });

  it("builds everything again when the options change", async () => {
    const store: MemoryStore = new Map();
    const tree = memoryCommit(someApps(3), store);
    const first = await buildCommit({ tree, options, scan: {} });
    const second = await buildCommit({ tree, options: { ...options, paused: true }, scan: {}, cache: first.cache });
    expect(second.counts).toMatchObject({ built: 3, reused: 0 });
  });

  it("warns when two directories give one name, of which the later counts", async () => {
    const [build] = await buildAll([
      { ...someApps(2), "apps/app0/fleet.yaml": "name: same\n", "apps/app1/fleet.yaml": "name: same\n" },
    ]);
    expect(build?.bundles.map(({ dir }) => dir.path)).toEqual(["apps/app1"]);
    expect(build === undefined ? [] : takenNames(build)).toMatchObject([{ code: "BUNDLE_NAME_TAKEN" }]);
  });

  it("tries a kustomization that failed for a passing reason again, and keeps the others", async () => {
    let calls = 0;
    const kustomize: KustomizeRenderer = {
      version: "test",
      render: async ({ dir }) => {
        calls += 1;
        if (calls === 1) throw new AppError("KUSTOMIZE_BINARY_MISSING", "not installed yet");
        return `# ${dir}\n`;
      },
    };
    const files = {
      ...someApps(1),
      "k/fleet.yaml": "kustomize: {dir: overlay}\n",
      "k/overlay/kustomization.yaml": "resources: []\n",
    };
    const [first, second, third] = await buildAll([files, files, files], { kustomize });
    expect(first?.bundles.at(-1)).toMatchObject({
      contents: { kustomize: { overlay: { error: { code: "KUSTOMIZE_BINARY_MISSING" } } } },
    });
    expect(second?.bundles.at(-1)).toMatchObject({
      contents: { kustomize: { overlay: { digest: expect.stringMatching(/^[0-9a-f]{64}$/u) } } },
    });
    expect(second?.counts).toMatchObject({ built: 1, reused: 1 });
    expect(third?.counts).toMatchObject({ built: 0, reused: 2 });
  });
});
