import fs from "node:fs";
import { expandOid, readCommit, resolveRef, TREE, walk } from "isomorphic-git";
import { type MemoryFile, memoryTree } from "../../shared/bundle/memory-tree.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import { AppError } from "../../shared/errors.ts";

const linkMode = 0o120000;

/** Returns the files of any revision (branch, tag, commit, shortened commit) of a clone, without touching its work tree. */
export async function readRevision(dir: string, revision: string): Promise<RepoTree> {
  const oid = await findCommit(dir, revision);
  const files: Record<string, MemoryFile> = {};
  await walk({
    fs,
    dir,
    trees: [TREE({ ref: oid })],
    map: async (path, [entry]) => {
      if (entry === null || entry === undefined || (await entry.type()) !== "blob") return;
      const content = (await entry.content()) ?? new Uint8Array();
      files[path] = (await entry.mode()) === linkMode ? { link: Buffer.from(content).toString("utf8") } : content;
    },
  });
  return memoryTree(files);
}

async function findCommit(dir: string, revision: string): Promise<string> {
  const ways = [async () => resolveRef({ fs, dir, ref: revision }), async () => expandOid({ fs, dir, oid: revision })];
  for (const find of ways) {
    const oid = await find().catch(() => undefined);
    // Annotated tags lead to their commit.
    if (oid !== undefined) return (await readCommit({ fs, dir, oid })).oid;
  }
  throw new AppError("GIT_REF_NOT_FOUND", `${dir} has no revision ${revision}, or is no Git clone`, {
    verdict: "stalled",
  });
}
