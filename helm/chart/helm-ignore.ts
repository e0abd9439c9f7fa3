import { posix } from "node:path";
import { ChartError } from "./chart-error.ts";
import { compilePathPattern, type PathMatcher } from "./match-path.ts";

/** Returns whether a path of a chart's directory is left out; for a directory all that is in it goes. */
export type IgnoreRules = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly matches: PathMatcher;
  readonly isNegated: boolean;
  readonly isDirectoryOnly: boolean;
}

/**
 * Returns the rules of a .helmignore, hidden files of `templates/` among them; rules work as in Helm, where the first match
 * decides and a `!` pattern leaves out all that it does not match. Throws `ChartError` for a pattern that is none.
 */
export function readIgnoreRules(text: string): IgnoreRules {
  const rules = [...text.split(/\r?\n/), "templates/.?*"].flatMap((line) => readRule(line.trim()));
  return (path, isDirectory) => {
    for (const { matches, isNegated, isDirectoryOnly } of rules) {
      const isOfKind = !isDirectoryOnly || isDirectory;
      if (isNegated) {
        if (!isOfKind || !matches(path)) return true;
      } else if (isOfKind && matches(path)) {
        return true;
      }
    }
    return false;
  };
}

function readRule(line: string): Rule[] {
  if (line === "" || line.startsWith("#")) return [];
  if (line.includes("**")) throw new ChartError("load", "double-star (**) syntax is not supported");
  const isNegated = line.startsWith("!");
  const bare = isNegated ? line.slice(1) : line;
  const isDirectoryOnly = bare.endsWith("/");
  const pattern = isDirectoryOnly ? bare.slice(0, -1) : bare;
  const compiled = compilePathPattern(pattern.startsWith("/") ? pattern.slice(1) : pattern);
  if (compiled === undefined) throw new ChartError("load", "syntax error in pattern");
  // A pattern without a slash is compared with the last part of the path only.
  const matches: PathMatcher = pattern.includes("/") ? compiled : (path) => compiled(posix.basename(path));
  return [{ matches, isNegated, isDirectoryOnly }];
}
