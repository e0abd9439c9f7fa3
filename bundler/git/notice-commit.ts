import type { Clock } from "../../shared/clock.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { GitRemote, NormalizedRemote } from "../../shared/git-remote.ts";
import { normalizeRemote, remoteKey } from "../../shared/git-remote.ts";
import type { RemoteRefs, RemoteSession } from "./ls-refs.ts";
import { expectingLimitMs, planNextPoll } from "./plan-next-poll.ts";
import type { RefWish, ResolvedRef } from "./resolve-ref.ts";
import { fixedCommit, refPrefixes, resolveRef, wantedRef } from "./resolve-ref.ts";

/** A commit that a GitRepo is to have now. */
export interface CommitNotice {
  readonly commit: string;
  /** Full name of the branch or tag; a fixed commit has none. */
  readonly ref?: string;
  /** What the fetch of this commit can reuse. */
  readonly session?: RemoteSession;
}

/** One GitRepo's interest in a remote. */
export interface Follow {
  readonly remote: GitRemote;
  readonly wish: RefWish;
  /** Time between looks; undefined: one look, then only when poked, also where others of the same remote look more often. */
  readonly intervalMs: number | undefined;
  /** Called for a new commit, and for the old one when the remote is well again after an error. */
  onCommit(notice: CommitNotice): void;
  /** Called after each failed look; the last good commit stays in force. */
  onError(error: AppError, failures: number): void;
}

/** Handle of one interest. */
export interface Following extends Disposable {
  /**
   * Looks now (webhook). With the announced commit, looks again soon while the server does not show it. Does nothing
   * when the announced ref is another than the one that is followed.
   */
  poke(expected?: string, ref?: string): void;
  /** When the remote last answered, epoch milliseconds. */
  checkedAt(): number | undefined;
}

/** Asks a remote for its refs, over whatever transport it has. */
export type AskRefs = (
  remote: NormalizedRemote,
  options: { readonly session?: RemoteSession; readonly prefixes: readonly string[]; readonly signal: AbortSignal },
) => Promise<RemoteRefs & { readonly session?: RemoteSession }>;

export interface NoticeDeps {
  readonly askRefs: AskRefs;
  readonly clock: Clock;
  readonly random: () => number;
  /** Runs a function once after a time; returns how to cancel that. */
  readonly schedule: (delayMs: number, run: () => void) => () => void;
  /** Remotes that are asked at the same moment, at most. */
  readonly concurrency?: number;
}

/** Watches remotes for commits: one request for each (URL, credential, CA) and interval, whatever the number of followers. */
export interface CommitNoticer extends Disposable {
  follow(follow: Follow): Following;
}

interface Follower {
  readonly follow: Follow;
  commit: string | undefined;
  failures: number;
  /** Whether an answer is wanted that was not there yet: without an interval, others' looks do not count. */
  asks: boolean;
  expected: { readonly commit: string; readonly since: number } | undefined;
}

interface WatchedRemote {
  readonly remote: NormalizedRemote;
  readonly followers: Set<Follower>;
  readonly abort: AbortController;
  session: RemoteSession | undefined;
  cancelTimer: (() => void) | undefined;
  state: "idle" | "queued" | "asking";
  askAgain: boolean;
  failures: number;
  checkedAt: number | undefined;
}

type RefAnswer = Awaited<ReturnType<AskRefs>>;

function tell(follower: Follower, answer: RefAnswer): void {
  const resolved = resolveFor(follower, answer);
  if (resolved === undefined) return;
  follower.asks = false;
  if (resolved.commit === follower.expected?.commit) follower.expected = undefined;
  const changed = resolved.commit !== follower.commit || follower.failures > 0;
  follower.commit = resolved.commit;
  follower.failures = 0;
  const { session } = answer;
  if (changed) follower.follow.onCommit(session === undefined ? resolved : { ...resolved, session });
}

function resolveFor(follower: Follower, answer: RefAnswer): ResolvedRef | undefined {
  try {
    return resolveRef(answer, follower.follow.wish);
  } catch (error) {
    tellError(follower, toAppError(error));
    return undefined;
  }
}

function tellError(follower: Follower, error: AppError): void {
  follower.failures += 1;
  follower.follow.onError(error, follower.failures);
}

/** Returns a watcher of remotes with one timer for each. */
export function createCommitNoticer(deps: NoticeDeps): CommitNoticer {
  const concurrency = deps.concurrency ?? 32;
  const remotes = new Map<string, WatchedRemote>();
  const queue: WatchedRemote[] = [];
  let asking = 0;

  function lookNow(watched: WatchedRemote): void {
    watched.cancelTimer?.();
    watched.cancelTimer = undefined;
    if (watched.state !== "idle") {
      watched.askAgain = watched.state === "asking";
      return;
    }
    watched.state = "queued";
    queue.push(watched);
    startQueued();
  }

  function startQueued(): void {
    while (asking < concurrency) {
      const next = queue.shift();
      if (next === undefined) return;
      asking += 1;
      void look(next).finally(() => {
        asking -= 1;
        startQueued();
      });
    }
  }

  async function look(watched: WatchedRemote): Promise<void> {
    watched.state = "asking";
    watched.askAgain = false;
    const prefixes = [...new Set([...watched.followers].flatMap(({ follow }) => refPrefixes(follow.wish)))];
    const answer = await ask(watched, prefixes).catch(toAppError);
    watched.state = "idle";
    if (watched.abort.signal.aborted) return;
    if (answer instanceof AppError) {
      watched.session = undefined;
      watched.failures += 1;
      for (const follower of listeners(watched)) tellError(follower, answer);
    } else {
      watched.session = answer.session;
      watched.failures = 0;
      watched.checkedAt = deps.clock.now();
      for (const follower of listeners(watched)) tell(follower, answer);
    }
    if (watched.askAgain) lookNow(watched);
    else if (watched.state === "idle") scheduleNext(watched);
  }

  function listeners(watched: WatchedRemote): Follower[] {
    const now = deps.clock.elapsed();
    return [...watched.followers].filter(
      ({ follow, asks, expected }) =>
        follow.intervalMs !== undefined || asks || (expected !== undefined && now - expected.since < expectingLimitMs),
    );
  }

  /** Asks with what is known of the server, and once more from the start when that is not true any more. */
  async function ask(watched: WatchedRemote, prefixes: readonly string[]): Promise<RefAnswer> {
    const { remote, session } = watched;
    const { signal } = watched.abort;
    if (session === undefined) return deps.askRefs(remote, { prefixes, signal });
    try {
      return await deps.askRefs(remote, { session, prefixes, signal });
    } catch (error) {
      if (toAppError(error).code !== "GIT_ANSWER_INVALID") throw error;
      return deps.askRefs(remote, { prefixes, signal });
    }
  }

  function scheduleNext(watched: WatchedRemote): void {
    const followers = [...watched.followers];
    const intervals = followers.flatMap(({ follow }) => follow.intervalMs ?? []);
    const now = deps.clock.elapsed();
    const expecting = followers.flatMap(({ expected }) => (expected === undefined ? [] : now - expected.since));
    const delayMs = planNextPoll({
      intervalMs: intervals.length === 0 ? undefined : Math.min(...intervals),
      failures: watched.failures,
      expectingForMs: expecting.length === 0 ? undefined : Math.min(...expecting),
      random: deps.random,
    });
    if (delayMs !== undefined) watched.cancelTimer = deps.schedule(delayMs, () => lookNow(watched));
  }

  function watchedOf(remote: NormalizedRemote): WatchedRemote {
    const key = remoteKey(remote);
    const known = remotes.get(key);
    if (known !== undefined) return known;
    const watched: WatchedRemote = {
      remote,
      followers: new Set(),
      abort: new AbortController(),
      session: undefined,
      cancelTimer: undefined,
      state: "idle",
      askAgain: false,
      failures: 0,
      checkedAt: undefined,
    };
    remotes.set(key, watched);
    return watched;
  }

  function drop(watched: WatchedRemote): void {
    watched.cancelTimer?.();
    watched.abort.abort();
    const index = queue.indexOf(watched);
    if (index >= 0) queue.splice(index, 1);
    const key = remoteKey(watched.remote);
    if (remotes.get(key) === watched) remotes.delete(key);
  }

  function follow(wanted: Follow): Following {
    const fixed = fixedCommit(wanted.wish);
    if (fixed !== undefined) {
      const cancel = deps.schedule(0, () => wanted.onCommit({ commit: fixed }));
      return { poke: () => undefined, checkedAt: () => undefined, [Symbol.dispose]: cancel };
    }
    const watched = watchedOf(normalizeRemote(wanted.remote));
    const follower: Follower = { follow: wanted, commit: undefined, failures: 0, asks: true, expected: undefined };
    watched.followers.add(follower);
    lookNow(watched);
    return {
      poke: (expected, ref) => {
        const own = wantedRef(wanted.wish);
        if (ref !== undefined && own !== undefined && ref !== own) return;
        follower.asks = true;
        if (expected !== undefined && expected !== follower.commit) {
          follower.expected = { commit: expected, since: deps.clock.elapsed() };
        }
        lookNow(watched);
      },
      checkedAt: () => watched.checkedAt,
      [Symbol.dispose]: () => {
        watched.followers.delete(follower);
        if (watched.followers.size === 0) drop(watched);
      },
    };
  }

  return {
    follow,
    [Symbol.dispose]: () => {
      for (const watched of remotes.values()) drop(watched);
    },
  };
}
