import { describe, expect, it } from "vitest";
import { buildCommit } from "../../../../bundler/build/build-commit.ts";
import type { BuildCache, CommitBuild } from "../../../../bundler/build/commit-build.ts";
import type { ContentBlob } from "../../../../bundler/build/content-blob.ts";
import { joinContent } from "../../../../bundler/store/content-list.ts";
import { contentId } from "../../../../shared/bundle/content-id.ts";
import { memoryCommit, type MemoryStore } from "../../../support/memory-commit.ts";
import type { MemoryFile } from "../../../support/memory-tree.ts";

type Files = Readonly<Record<string, MemoryFile>>;

const options = { name: "repo", namespace: "fleet-default" };

function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
}

/** A root with a file of its own, a directory `mid` in it, and two in that. */
const nested: Files = {
  "fleet.yaml": "namespace: root\n",
  "top.yaml": configMap("top"),
  "mid/fleet.yaml": "namespace: mid\n",
  "mid/own.yaml": configMap("own"),
  "mid/a/fleet.yaml": "helm: {chart: ., valuesFiles: [values.yaml]}\n",
  "mid/a/Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n",
  "mid/a/templates/cm.yaml": configMap("a"),
  "mid/a/values.yaml": "text: only the outer bundles have this\n",
  "mid/b/fleet.yaml": "namespace: b\n",
  "mid/b/.fleetignore": "hidden.yaml\n",
  "mid/b/cm.yaml": configMap("b"),
};

/** Builds commits one after the other, and keeps what each stores; fails when one names what is not stored. */
async function store(
  ...commits: readonly Files[]
): Promise<{ blobs: Map<string, ContentBlob>; builds: CommitBuild[] }> {
  const trees: MemoryStore = new Map();
  const blobs = new Map<string, ContentBlob>();
  const builds: CommitBuild[] = [];
  let cache: BuildCache | undefined;
  for (const files of commits) {
    const tree = memoryCommit(files, trees);
    const build = await buildCommit({ tree, options, scan: {}, ...(cache === undefined ? {} : { cache }) });
    for (const [digest, blob] of build.blobs) if (!blobs.has(digest)) blobs.set(digest, blob);
    for (const { list, content, digest } of build.blobs.values()) {
      if (list === undefined) continue;
      const pieces = list.pieces.map((piece) => [piece, blobs.get(piece)] as const);
      for (const [piece, blob] of pieces) expect([piece, blob?.list]).toEqual([blob?.digest, undefined]);
      const joined = joinContent(list, new Map(pieces.map(([piece, blob]) => [piece, blob?.content])));
      expect(joined).toEqual(content);
      expect(contentId(content)).toBe(digest);
    }
    cache = build.cache;
    builds.push(build);
  }
  return { blobs, builds };
}

/** Texts of all that is stored whole, and how often. */
function timesStored(blobs: Iterable<ContentBlob>): Record<string, number> {
  const times: Record<string, number> = {};
  for (const { list, content } of blobs) {
    if (list !== undefined) continue;
    for (const { content: text } of content.resources) times[text] = (times[text] ?? 0) + 1;
  }
  return times;
}

/** Digests of the bundles' contents, or why there are none. */
function contentsOf(build: CommitBuild | undefined): unknown {
  return build?.bundles.map((built) => (built.kind === "bundle" ? built.contents.files : built.error.code));
}

describe("listNested", () => {
  it("stores each file of nested bundles once", async () => {
    const { blobs, builds } = await store(nested);
    expect(builds[0]?.bundles).toHaveLength(4);
    const { "fleet.yaml": _options, "mid/b/.fleetignore": _ignore, ...files } = nested;
    expect(timesStored(blobs.values())).toEqual(Object.fromEntries(Object.values(files).map((text) => [text, 1])));
  });

  it("stores bundles that hold no other whole", async () => {
    const flat = Object.fromEntries(Object.entries(nested).filter(([name]) => /^mid\/[ab]\//u.test(name)));
    const { blobs, builds } = await store(flat);
    expect([...blobs.values()].map(({ list }) => list)).toEqual([undefined, undefined]);
    expect(builds[0]?.cache.pieces.size).toBe(0);
  });

  it("makes the list anew from what an earlier build knows when one file changes", async () => {
    const { blobs, builds } = await store(nested, { ...nested, "mid/b/cm.yaml": configMap("changed") });
    expect(builds[1]?.counts).toMatchObject({ built: 3, reused: 1 });
    const texts = timesStored(blobs.values());
    expect([texts[configMap("a")], texts[configMap("top")], texts[configMap("own")]]).toEqual([1, 1, 1]);
    expect([texts[configMap("b")], texts[configMap("changed")]]).toEqual([1, 1]);
  });

  it("takes files from bundles that lie in another one only now", async () => {
    const { "fleet.yaml": _root, "top.yaml": _top, ...before } = nested;
    const { blobs } = await store(before, nested);
    expect(new Set(Object.values(timesStored(blobs.values())))).toEqual(new Set([1]));
  });

  it.each<{ name: string; after: Files }>([
    { name: "goes", after: Object.fromEntries(Object.entries(nested).filter(([name]) => name !== "mid/b/fleet.yaml")) },
    { name: "cannot be built", after: { ...nested, "mid/a/fleet.yaml": "helm: [" } },
    { name: "hides a file", after: { ...nested, "mid/b/hidden.yaml": configMap("hidden") } },
    { name: "is reached through a link", after: { ...nested, "mid/link": { link: "b" } } },
  ])("leaves the outer bundles what they are when one below $name", async ({ after }) => {
    const [warm, cold] = [await store(nested, after), await store(after)];
    expect(contentsOf(warm.builds[1])).toEqual(contentsOf(cold.builds[0]));
  });
});
