import { matchPattern } from "./match-pattern.ts";
import { baseName } from "./repo-tree.ts";
import type { BundleWarning } from "./warning.ts";
import { withPosition } from "./with-position.ts";

/**
 * Returns the patterns of a `.fleetignore` file: no empty lines, no comments, no trailing blanks unless escaped. Throws
 * PATTERN_INVALID with file and line.
 */
export function parseFleetIgnore(text: string, file: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/u, "").replace(/([^\\])[\t\f\r ]+$/u, "$1"));
  return lines.filter((line, index) => {
    if (line === "" || line.startsWith("#")) return false;
    if (!directoryPattern.test(line)) {
      const position = { file, line: index + 1, column: 1 };
      withPosition(
        () => position,
        () => matchPattern(line, ""),
      );
    }
    return true;
  });
}

/** Returns warnings about lines that leave nothing out: Fleet knows neither negation nor paths. */
export function checkFleetIgnore(text: string, file: string): BundleWarning[] {
  return text.split("\n").flatMap((line, index) => {
    const pattern = line.trim();
    const problem = pattern === "" || pattern.startsWith("#") ? undefined : ignoreProblem(pattern);
    if (problem === undefined) return [];
    const message = `"${pattern}" leaves nothing out: ${problem}`;
    return [{ code: "IGNORE_WITHOUT_EFFECT" as const, message, position: { file, line: index + 1, column: 1 } }];
  });
}

function ignoreProblem(pattern: string): string | undefined {
  if (pattern.startsWith("!")) return "there is no negation, it is taken for a name";
  if (!pattern.includes("/") || /^[^/]+\/\*$/u.test(pattern)) return undefined;
  return `patterns are compared with names, not with paths; write a name, or "docs/*" for directories named docs`;
}

/** A pattern like `docs/*`: it leaves out directories named docs. */
const directoryPattern = /^.+\/\*/u;

interface IgnoreNode {
  readonly path: string;
  readonly patterns: string[];
  readonly children: IgnoreNode[];
}

/** Which paths of a bundle are left out. */
export interface IgnoreRules {
  /** Adds the patterns of one directory's `.fleetignore`; directories must be added in walking order. */
  add(dir: string, patterns: readonly string[]): void;
  /** Returns whether a path (relative to the bundle) is left out. Throws PATTERN_INVALID. */
  ignores(path: string, isDir: boolean): boolean;
}

/**
 * Returns empty rules. They work as in Fleet: a pattern holds for base names in its directory and below; one like
 * `docs/*` leaves out directories named docs; rules are found by prefix of the path, so those of `foo/` also hit a
 * later `foobar/` (source: `ignoreTree` in Fleet's bundlereader).
 */
export function createIgnoreRules(): IgnoreRules {
  const root: IgnoreNode = { path: "", patterns: [], children: [] };
  return {
    add(dir, patterns) {
      if (patterns.length === 0) return;
      const route = findRoute(root, dir);
      const last = route.at(-1) ?? root;
      if (last.path === dir) last.patterns.push(...patterns);
      else last.children.push({ path: dir, patterns: [...patterns], children: [] });
    },
    ignores: (path, isDir) =>
      findRoute(root, path).some((node) => node.patterns.some((pattern) => matchesIgnore(pattern, path, isDir))),
  };
}

function findRoute(node: IgnoreNode, path: string): readonly IgnoreNode[] {
  if (node.path === path) return [node];
  const child = node.children.find((candidate) => path.startsWith(candidate.path));
  return child === undefined ? [node] : [node, ...findRoute(child, path)];
}

function matchesIgnore(pattern: string, path: string, isDir: boolean): boolean {
  if (directoryPattern.test(pattern)) return isDir && pattern.replace(/\/\*$/u, "") === baseName(path);
  return matchPattern(pattern, baseName(path));
}
