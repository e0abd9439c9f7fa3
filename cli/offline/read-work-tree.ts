import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type MemoryFile, memoryTree } from "../../shared/bundle/memory-tree.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";

/** Returns a folder of the disk as a repository tree, read at once; `.git` is left out. */
export function folderTree(folder: string, extra: Readonly<Record<string, MemoryFile>> = {}): RepoTree {
  const files: Record<string, MemoryFile> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path))) {
      if (name === ".git") continue;
      const child = path === "" ? name : `${path}/${name}`;
      const stat = lstatSync(join(folder, child));
      if (stat.isSymbolicLink()) files[child] = { link: readlinkSync(join(folder, child)) };
      else if (stat.isDirectory()) visit(child);
      // Sockets and pipes are nothing that Git would keep.
      else if (stat.isFile()) files[child] = readFileSync(join(folder, child));
    }
  };
  visit("");
  return memoryTree({ ...files, ...extra });
}
