import type { BundleDir } from "../../shared/bundle/find-bundle-dirs.ts";
import { dirName } from "../../shared/bundle/repo-tree.ts";
import type { Built } from "./commit-build.ts";
import { contentBlob, type ContentBlob } from "./content-blob.ts";
import { type ContentPiece, listContent, pieceOf } from "./list-content.ts";
import type { BuildItem, BuildPlan } from "./plan-build.ts";

/** Which bundle directories lie in others, by path. */
export interface Nesting {
  /** Directories with bundles below them, each with the paths of those. */
  readonly outer: ReadonlyMap<string, readonly string[]>;
  readonly inner: ReadonlySet<string>;
}

/** What lies in other bundles, by digest of its content: the piece that others take files from. */
export type NestedPieces = ReadonlyMap<string, ContentPiece>;

/** Returns which of some directories lie in others. */
export function nestingOf(dirs: readonly BundleDir[]): Nesting {
  const paths = new Set(dirs.map(({ path }) => path));
  const outer = new Map<string, string[]>();
  const inner = new Set<string>();
  for (const path of paths) {
    for (let above = path; above !== "";) {
      above = dirName(above);
      if (!paths.has(above)) continue;
      inner.add(path);
      const below = outer.get(above);
      if (below === undefined) outer.set(above, [path]);
      else below.push(path);
    }
  }
  return { outer, inner };
}

/** Returns a plan that also builds what would be kept, but lies in another bundle by now and whose files are not known. */
export function planNested(plan: BuildPlan<Built>, nesting: Nesting, known: NestedPieces): BuildPlan<Built> {
  if (nesting.inner.size === 0) return plan;
  const unknown = [...plan.kept.entries()].flatMap(([position, item]) => {
    if (item === undefined || item.result.kind !== "bundle" || !nesting.inner.has(item.dir.path)) return [];
    return known.has(item.result.contents.files) ? [] : [{ position, dir: item.dir }];
  });
  if (unknown.length === 0) return plan;
  const positions = new Set(unknown.map(({ position }) => position));
  return {
    ...plan,
    kept: plan.kept.map((item, position) => (positions.has(position) ? undefined : item)),
    steps: [...plan.steps, ...unknown].toSorted((a, b) => a.position - b.position),
  };
}

/**
 * Makes lists of those contents among `blobs` whose bundles hold others, and adds the pieces of what is their own.
 * Returns the pieces of all that lies in another bundle, for the next build.
 */
export function listNested(
  items: readonly BuildItem<Built>[],
  nesting: Nesting,
  { blobs, known }: { readonly blobs: Map<string, ContentBlob>; readonly known: NestedPieces },
): NestedPieces {
  const pieces = new Map<string, ContentPiece>();
  if (nesting.outer.size === 0) return pieces;
  const byPath = new Map<string, ContentPiece>();

  function listOne(path: string, digest: string): ContentPiece | undefined {
    const content = blobs.get(digest)?.content;
    if (content === undefined) return undefined;
    const start = path === "" ? 0 : path.length + 1;
    const nested = (nesting.outer.get(path) ?? []).flatMap((below) => {
      const piece = byPath.get(below);
      return piece === undefined ? [] : [{ under: `${below.slice(start)}/`, piece }];
    });
    const listed = nested.length === 0 ? undefined : listContent(content, nested);
    if (listed === undefined) return nesting.inner.has(path) ? pieceOf(content, digest) : undefined;
    const own = contentBlob(listed.own);
    if (listed.own.resources.length > 0 && !blobs.has(own.digest)) blobs.set(own.digest, own);
    blobs.set(digest, contentBlob(content, digest, listed.list));
    return pieceOf(listed.own, own.digest);
  }

  const concerned = items.flatMap(({ dir: { path }, result }) =>
    result.kind === "bundle" && (nesting.inner.has(path) || nesting.outer.has(path))
      ? [{ path, digest: result.contents.files }]
      : [],
  );
  // What lies deeper has the longer path: it is known before what it lies in.
  for (const { path, digest } of concerned.toSorted((a, b) => b.path.length - a.path.length)) {
    const piece = known.get(digest) ?? listOne(path, digest);
    if (piece === undefined || !nesting.inner.has(path)) continue;
    pieces.set(digest, piece);
    byPath.set(path, piece);
  }
  return pieces;
}
