import { type RepoTree, dirName, joinPath, resolvePath } from "./repo-tree.ts";
import { type ScanMemo, scanTree } from "./scan-tree.ts";
import type { BundleWarning } from "./warning.ts";

/** A directory by the path that names it and the one where it is; `""` is the root. */
interface NamedDir {
  readonly path: string;
  readonly realPath: string;
  readonly oid: string;
}

/** Bundle directories behind links, and links from which nothing is deployed. */
export interface LinkedDirs {
  readonly dirs: readonly NamedDir[];
  readonly warnings: readonly BundleWarning[];
}

/** What the search without links came to. */
interface Searched {
  /** Directories whose trees were walked. */
  readonly roots: readonly NamedDir[];
  /** Bundle directories of the same GitRepo. */
  readonly found: readonly NamedDir[];
}

/** A link that was met, and the real places of the links that led to it. */
interface MetLink {
  readonly path: string;
  readonly realPath: string;
  readonly above: readonly string[];
}

/**
 * Returns the bundle directories behind the links in trees that were walked, named by the link's path: what a link leads to
 * is walked as if it lay there. Each directory is one bundle of a GitRepo at most, so that what is found without links,
 * or by an earlier one, is not found again. Links that lead to nothing new are warned of, unless they lie in a bundle, whose
 * files then decide.
 */
export function findLinkedDirs(tree: RepoTree, { roots, found }: Searched, memo: ScanMemo): LinkedDirs {
  const dirs: NamedDir[] = [];
  const warnings: BundleWarning[] = [];
  const names = new Map(found.map(({ path, realPath }) => [realPath, path]));
  const bundles = new Set(found.map(({ path }) => path));
  const met = new Map<string, MetLink>();

  function meet({ path, realPath, oid }: NamedDir, above: readonly string[]): void {
    for (const link of scanTree(tree, { path: realPath, oid }, memo).links) {
      const place = joinPath(realPath, link);
      if (!met.has(place)) met.set(place, { path: joinPath(path, link), realPath: place, above: [...above, place] });
    }
  }

  /** Returns what keeps a link from being followed, as the end of a sentence. */
  function follow(link: MetLink): string | undefined {
    const target = resolvePath(tree, link.realPath);
    if (target.kind === "missing") return "leads nowhere";
    if (target.kind === "outside") return `cannot be followed: ${target.reason}`;
    if (target.entry.type !== "dir") return undefined;
    const at = { path: link.path, realPath: target.path, oid: target.entry.oid };
    if (link.above.some((place) => liesIn(place, at.realPath))) return "leads to a directory that it lies in";
    let twice: string | undefined;
    for (const { path, oid } of scanTree(tree, { path: at.realPath, oid: at.oid }, memo).marked) {
      const dir = { path: joinNames(at.path, path), realPath: joinNames(at.realPath, path), oid };
      const name = names.get(dir.realPath);
      if (name === undefined) {
        names.set(dir.realPath, dir.path);
        bundles.add(dir.path);
        dirs.push(dir);
      } else
        twice ??= `leads to "${dir.realPath}", which is a bundle already${name === dir.realPath ? "" : `, as "${name}"`}`;
    }
    meet(at, link.above);
    return twice;
  }

  for (const root of roots) meet(root, []);
  // Links behind links are added while this goes on.
  for (const link of met.values()) {
    const problem = follow(link);
    if (problem === undefined || isCovered(link.path, bundles)) continue;
    const message = `the symbolic link "${link.path}" ${problem}: nothing is deployed under its own name`;
    warnings.push({ code: "LINK_UNUSED", message, position: { file: link.path, line: 1, column: 1 } });
  }
  return { dirs, warnings };
}

function joinNames(dir: string, name: string): string {
  return name === "" ? dir : joinPath(dir, name);
}

function liesIn(path: string, dir: string): boolean {
  return dir === "" || path.startsWith(`${dir}/`);
}

/** Whether a path lies in one of the bundles. */
function isCovered(path: string, bundles: ReadonlySet<string>): boolean {
  for (let above = path; above !== "";) {
    above = dirName(above);
    if (bundles.has(above)) return true;
  }
  return false;
}
