import type { Content } from "../api/content.ts";
import { joinPath } from "./repo-tree.ts";
import type { BundleWarning } from "./warning.ts";

/** First line of a pointer file (git-lfs spec, version 1). */
const pointerHead = "version https://git-lfs.github.com/spec/";
const maxPointerBytes = 1024;

/** Returns a warning for each file that is a Git LFS pointer instead of what its author sees. */
export function lfsWarnings(content: Content, dir: string): BundleWarning[] {
  return content.resources.flatMap(({ name, content: text }): BundleWarning[] => {
    if (!text.startsWith(pointerHead) || text.length > maxPointerBytes) return [];
    const message = `"${name}" is a Git LFS pointer and is deployed as such; keep the file itself in Git`;
    return [{ code: "LFS_POINTER", message, position: { file: joinPath(dir, name), line: 1 } }];
  });
}
