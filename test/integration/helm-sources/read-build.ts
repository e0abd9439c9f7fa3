import { zstdDecompressSync } from "node:zlib";
import type { CommitBuild } from "../../../bundler/build/commit-build.ts";
import type { Content } from "../../../shared/api/content.ts";
import { renderObjects } from "../../../shared/render/render-objects.ts";

const facts = { name: "c", namespace: "clusters", labels: {}, annotations: {}, templateValues: {} };

function contentOf(build: CommitBuild): Content {
  const [first] = build.bundles;
  if (first?.kind !== "bundle") throw first?.error ?? new Error("no bundle");
  const blob = build.blobs.get(first.contents.files);
  if (blob === undefined) throw new Error("no content");
  return JSON.parse(zstdDecompressSync(blob.compress()).toString("utf8"));
}

/** Returns the names of the files of a build's first bundle. */
export function filesOf(build: CommitBuild): string[] {
  return contentOf(build).resources.map(({ name }) => name);
}

/** Returns the objects that a build's first bundle renders to. */
export function renderedOf(build: CommitBuild): readonly Readonly<Record<string, unknown>>[] {
  const [first] = build.bundles;
  const helm = first?.kind === "bundle" ? first.bundle.spec.helm : undefined;
  const options = helm === undefined ? {} : { helm };
  return renderObjects({ bundle: "team/web", content: contentOf(build), options, facts }).objects;
}
