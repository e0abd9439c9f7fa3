import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../shared/errors.ts";
import { initBareStore, nextPack, readStoreState, writeStoreState } from "./bare-store.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { fetchPack } from "./fetch-pack.ts";
import type { GitHttp } from "./git-http.ts";
import type { GitRemote } from "../../shared/git-remote.ts";
import type { IndexedPack } from "./index-pack.ts";
import { indexPack } from "./index-pack.ts";
import type { RemoteRefs, RemoteSession } from "./ls-refs.ts";
import { openSession } from "./ls-refs.ts";
import type { ObjectFormat } from "./object-format.ts";
import { formatOfOid, isEmptyTree, isOid } from "./object-format.ts";
import { parseCommit, parseTree } from "./parse-objects.ts";

/** One fetch, as data: it travels to the process that does it. */
export interface FetchJob {
  readonly remote: GitRemote;
  /** Folder of the bare store; created when absent. */
  readonly gitDir: string;
  readonly commit: string;
  readonly limits: FetchLimits;
  readonly session?: RemoteSession;
}

/** What a fetch brought. */
export interface FetchResult {
  /** What the server said of itself, where our own client asked. */
  readonly session?: RemoteSession;
  readonly bytes: number;
  readonly objects: number;
  /** Packs in the store now. */
  readonly packs: number;
}

/**
 * Brings a commit and everything below it into a bare store: the first time without its history, later whatever is
 * new since the commits that are there. The pack is unpacked and checked before anything names it. Throws `GIT_…`.
 */
export async function fetchIntoStore(job: FetchJob, http: GitHttp, signal?: AbortSignal): Promise<FetchResult> {
  const { remote, gitDir, limits, commit } = job;
  const format = formatOfOid(commit);
  const call = { http, remote, timeoutMs: limits.timeoutMs, ...(signal === undefined ? {} : { signal }) };
  const known = job.session?.protocol === 2 ? { session: job.session, refs: noRefs } : await openSession(call);
  initBareStore(gitDir, format);
  const state = readStoreState(gitDir);
  const byName = canAskByName(known, commit);
  const place = nextPack(gitDir);
  const temporary = join(gitDir, "objects", "pack", `tmp-${randomBytes(8).toString("hex")}`);
  try {
    const fetched = await fetchPack({
      ...call,
      session: known.session,
      wants: byName ? [commit] : branchTips(known.refs),
      haves: state.commits,
      shallow: state.shallow,
      onlyTip: byName && state.commits.length === 0,
      limits,
      target: `${temporary}.pack`,
    });
    const pack = indexPack(readFileSync(`${temporary}.pack`), format, limits);
    checkCommit({ pack, commit, format, limits, fresh: state.commits.length === 0 });
    if (pack.objects > 0) {
      writeFileSync(`${temporary}.idx`, pack.index, { mode: 0o600 });
      const name = join(gitDir, "objects", "pack", `pack-${place.number}${pack.packHash.slice(8)}`);
      renameSync(`${temporary}.pack`, `${name}.pack`);
      renameSync(`${temporary}.idx`, `${name}.idx`);
    }
    const cut = new Set([...state.shallow, ...fetched.shallow.filter(isOid)]);
    for (const oid of fetched.unshallow) cut.delete(oid);
    writeStoreState(gitDir, { commits: [commit, ...state.commits], shallow: [...cut] });
    return { session: known.session, bytes: fetched.bytes, objects: pack.objects, packs: place.packs + 1 };
  } finally {
    rmSync(`${temporary}.pack`, { force: true });
    rmSync(`${temporary}.idx`, { force: true });
  }
}

const noRefs: RemoteRefs = { refs: new Map(), head: undefined };

/** Old servers give only what a ref names, unless they say otherwise. */
function canAskByName(known: { session: RemoteSession; refs: RemoteRefs }, commit: string): boolean {
  if (known.session.protocol === 2) return true;
  const { capabilities } = known.session;
  if (capabilities.includes("allow-reachable-sha1-in-want") || capabilities.includes("allow-any-sha1-in-want"))
    return true;
  return [...known.refs.refs.values()].includes(commit);
}

function branchTips(refs: RemoteRefs): string[] {
  const named = [...refs.refs].filter(([name]) => name.startsWith("refs/heads/") || name.startsWith("refs/tags/"));
  return [...new Set(named.map(([, oid]) => oid))];
}

/**
 * Checks that the commit came, that a fresh pack has all that its trees name, and that directories are not nested too
 * deeply. Trees outside of the pack were checked when they came.
 */
function checkCommit(check: {
  readonly pack: IndexedPack;
  readonly commit: string;
  readonly format: ObjectFormat;
  readonly limits: FetchLimits;
  readonly fresh: boolean;
}): void {
  const { pack, format, limits } = check;
  const content = pack.commits.get(check.commit);
  if (content === undefined) {
    if (!check.fresh) return;
    throw new AppError("GIT_REF_NOT_FOUND", `the git server did not send commit ${check.commit}`);
  }
  const heights = new Map<string, number>();

  /** Returns how many levels of directories a tree has; each tree is looked at once, however often it is named. */
  function heightOf(oid: string, depth: number): number {
    const known = heights.get(oid);
    if (known !== undefined) return known;
    if (depth > limits.treeDepth) throw tooDeep(limits);
    const tree = pack.trees.get(oid);
    if (tree === undefined && check.fresh && !isEmptyTree(oid)) throw incomplete(oid);
    let height = 0;
    for (const entry of tree === undefined ? [] : parseTree(tree, format)) {
      if (entry.type === "dir") height = Math.max(height, heightOf(entry.oid, depth + 1));
      else if (check.fresh && entry.type !== "submodule" && !pack.has(entry.oid)) throw incomplete(entry.oid);
    }
    heights.set(oid, height + 1);
    if (depth + height > limits.treeDepth) throw tooDeep(limits);
    return height + 1;
  }
  heightOf(parseCommit(content).tree, 1);
}

function tooDeep(limits: FetchLimits): AppError {
  const problem = `directories are nested more than ${limits.treeDepth} deep`;
  return new AppError("GIT_LIMIT_EXCEEDED", `the repository is refused: ${problem}`, { verdict: "stalled" });
}

function incomplete(oid: string): AppError {
  return new AppError("GIT_STORE_CORRUPT", `the git server's pack lacks object ${oid}`, { details: { oid } });
}
