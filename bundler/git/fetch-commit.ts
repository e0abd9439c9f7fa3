import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { AppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { isDamaged, isStoreFault, markDamaged, readStoreState } from "./bare-store.ts";
import type { Commit } from "./commit.ts";
import type { FetchJob, FetchResult } from "./fetch-into-store.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { fetchSubmodules } from "./fetch-submodules.ts";
import type { GitRemote, NormalizedRemote } from "../../shared/git-remote.ts";
import { normalizeRemote, printableUrl, remoteKey } from "../../shared/git-remote.ts";
import type { RemoteSession } from "./ls-refs.ts";
import { formatOfOid } from "./object-format.ts";
import { openObjectStore } from "./object-store.ts";
import type { CommitObject } from "./parse-objects.ts";
import { parseCommit } from "./parse-objects.ts";

export type { Commit } from "./commit.ts";

/** Which commit of which remote; `ref` and `session` come from whoever noticed it. */
export interface CommitWish {
  readonly remote: GitRemote;
  readonly commit: string;
  readonly ref?: string;
  readonly session?: RemoteSession;
  readonly signal?: AbortSignal;
}

/** One way to bring a commit into a bare store. */
export interface FetchDriver {
  fetch(job: FetchJob & { readonly ref?: string }, key: string, signal?: AbortSignal): Promise<FetchResult>;
}

export interface CommitFetcherDeps {
  /** Folder for the object stores. */
  readonly dataDir: string;
  /** For http and https: our own client, see docs/adr. */
  readonly native: FetchDriver;
  /** For ssh, or everything when `useCommand` says so. */
  readonly command: FetchDriver;
  readonly useCommand?: (remote: GitRemote) => boolean;
  readonly limits: FetchLimits;
  readonly log: Logger;
  /** Packs after which a store is fetched afresh (default 200): each push brings one, and finding an object asks them in turn. */
  readonly maxPacks?: number;
}

export interface CommitFetcher {
  /** Returns the commit with its submodules, fetched if need be. Fetches of one remote run one after another. Throws `GIT_…`. */
  fetchCommit(wish: CommitWish): Promise<Commit>;
  /** Deletes what is stored of a remote that nobody follows any more. */
  forget(remote: GitRemote): void;
}

const defaultMaxPacks = 200;

/** Whether a fresh store may do: ours was damaged (git says so in words only), or what is new was too much. */
function isCurable(error: unknown): error is AppError {
  if (!(error instanceof AppError)) return false;
  return isStoreFault(error) || error.code === "GIT_LIMIT_EXCEEDED" || error.code === "GIT_COMMAND_FAILED";
}

/**
 * Returns a fetcher that keeps one bare store for each (URL, credential, CA). A store that turns out to be damaged, or
 * that a force-push would make grow too much, is fetched afresh beside the old one and takes its place when complete.
 */
export function createCommitFetcher(deps: CommitFetcherDeps): CommitFetcher {
  const queues = new Map<string, Promise<unknown>>();
  const root = resolve(deps.dataDir, "git");

  async function fetchNow(wish: CommitWish, remote: NormalizedRemote, key: string): Promise<Commit> {
    const home = join(root, key);
    const { present, next: gitDir } = surveyStores(home);
    if (present !== undefined && readStoreState(present).commits.includes(wish.commit)) {
      try {
        return commitOf(wish, { gitDir: present, key, result: { bytes: 0, objects: 0 } });
      } catch (error) {
        if (!isCurable(error)) throw error;
        markDamaged(present);
      }
    }
    const byCommand = remote.transport === "ssh" || deps.useCommand?.(remote) === true;
    const driver = byCommand ? deps.command : deps.native;
    const job = {
      remote,
      commit: wish.commit,
      limits: deps.limits,
      ...(wish.ref === undefined ? {} : { ref: wish.ref }),
      ...(wish.session === undefined ? {} : { session: wish.session }),
    };
    if (present !== undefined && !isDamaged(present)) {
      try {
        const result = await driver.fetch({ ...job, gitDir: present }, key, wish.signal);
        if (result.packs <= (deps.maxPacks ?? defaultMaxPacks)) return commitOf(wish, { gitDir: present, key, result });
      } catch (error) {
        if (!isCurable(error)) throw error;
        deps.log.warn({ url: printableUrl(remote.url), code: error.code }, "object store is fetched afresh");
      }
    }
    const fresh = join(home, `tmp-${process.hrtime.bigint().toString(36)}`);
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    try {
      const result = await driver.fetch({ ...job, gitDir: fresh }, key, wish.signal);
      const commit = commitOf(wish, { gitDir: fresh, key, result });
      renameSync(fresh, gitDir);
      if (present !== undefined) rmSync(present, { recursive: true, force: true });
      return { ...commit, gitDir };
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  }

  function commitOf(wish: CommitWish, got: { gitDir: string; key: string; result: Commit["fetched"] }): Commit {
    const { bytes, objects } = got.result;
    const content = readCommit(got.gitDir, wish.commit, deps.limits);
    const fetched = { bytes, objects };
    return { ...content, id: wish.commit, gitDir: got.gitDir, remoteKey: got.key, fetched, submodules: [] };
  }

  async function fetchInTurn(wish: CommitWish, remote: NormalizedRemote): Promise<Commit> {
    const key = remoteKey(remote);
    const before = queues.get(key) ?? Promise.resolve();
    const run = before.then(() => fetchNow(wish, remote, key));
    const settled = run.catch(() => undefined);
    queues.set(key, settled);
    try {
      return await run;
    } finally {
      if (queues.get(key) === settled) queues.delete(key);
    }
  }

  async function fetchWhole(wish: CommitWish, depth: number): Promise<Commit> {
    const remote = normalizeRemote(wish.remote);
    const commit = await fetchInTurn(wish, remote);
    const { signal } = wish;
    const submodules = await fetchSubmodules({
      remote,
      commit,
      limits: deps.limits,
      depth,
      fetch: (other, id) =>
        fetchWhole({ remote: other, commit: id, ...(signal === undefined ? {} : { signal }) }, depth + 1),
    });
    return { ...commit, submodules };
  }

  return {
    fetchCommit: (wish) => fetchWhole(wish, 0),
    forget: (remote) => {
      rmSync(join(root, remoteKey(normalizeRemote(remote))), { recursive: true, force: true });
    },
  };
}

/** Finds the newest usable store of a remote and the name for another; removes what is damaged or half done. */
function surveyStores(home: string): { readonly present: string | undefined; readonly next: string } {
  let names: string[];
  try {
    names = readdirSync(home);
  } catch {
    return { present: undefined, next: join(home, storeName(1)) };
  }
  const stores = names.filter((name) => /^\d{6}\.git$/u.test(name)).toSorted();
  const newest = stores.findLast((name) => !isDamaged(join(home, name)));
  for (const name of names) if (name !== newest) rmSync(join(home, name), { recursive: true, force: true });
  const next = join(home, storeName(Number.parseInt(stores.at(-1) ?? "0", 10) + 1));
  return { present: newest === undefined ? undefined : join(home, newest), next };
}

/** A name is not used again: whoever still reads an old store must not take a new one for it. */
function storeName(number: number): string {
  return `${String(number).padStart(6, "0")}.git`;
}

function readCommit(gitDir: string, commit: string, limits: FetchLimits): CommitObject {
  using store = openObjectStore({ gitDir, format: formatOfOid(commit), objectBytes: limits.objectBytes });
  return parseCommit(store.read(commit).content);
}
