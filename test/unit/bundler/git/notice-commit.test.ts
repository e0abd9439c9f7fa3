import { describe, expect, it } from "vitest";

import type { AskRefs, CommitNotice } from "../../../../bundler/git/notice-commit.ts";
import { createCommitNoticer } from "../../../../bundler/git/notice-commit.ts";
import { planNextPoll } from "../../../../bundler/git/plan-next-poll.ts";
import { AppError } from "../../../../shared/errors.ts";

const one = "1".repeat(40);
const two = "2".repeat(40);

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** A noticer whose time and server stand still until the test moves them. */
function stage() {
  const server = {
    refs: new Map([["refs/heads/main", one]]),
    error: undefined as AppError | undefined,
    asked: 0,
    prefixes: [] as readonly string[],
  };
  let now = 0;
  const timers = new Map<() => void, number>();
  const askRefs: AskRefs = async (_remote, { prefixes }) => {
    server.asked += 1;
    server.prefixes = prefixes;
    if (server.error !== undefined) throw server.error;
    return { refs: server.refs, head: "refs/heads/main" };
  };
  const noticer = createCommitNoticer({
    askRefs,
    clock: { now: () => now, elapsed: () => now },
    random: () => 0,
    schedule: (delayMs, run) => {
      timers.set(run, now + delayMs);
      return () => timers.delete(run);
    },
  });
  async function pass(ms: number): Promise<void> {
    const end = now + ms;
    await settle();
    for (;;) {
      const [next] = [...timers].toSorted(([, left], [, right]) => left - right);
      if (next === undefined || next[1] > end) break;
      timers.delete(next[0]);
      now = next[1];
      next[0]();
      await settle();
    }
    now = end;
  }
  function follow(branch: string, intervalMs: number | undefined, url = "https://h/r.git") {
    const seen: CommitNotice[] = [];
    const errors: number[] = [];
    const following = noticer.follow({
      remote: { url },
      wish: { branch },
      intervalMs,
      onCommit: (notice) => seen.push(notice),
      onError: (_error, failures) => errors.push(failures),
    });
    return { following, commits: () => seen.map(({ commit }) => commit), errors };
  }
  return { server, noticer, pass, follow, timers };
}

describe("createCommitNoticer", () => {
  it("asks once for all GitRepos of a remote, at the shortest interval", async () => {
    const { server, pass, follow } = stage();
    const first = follow("main", 1000);
    const second = follow("main", 60_000);
    const third = follow("other", 60_000);
    await pass(0);
    const asked = server.asked;
    await pass(10_000);
    expect(server.asked - asked).toBe(10);
    expect(server.prefixes).toEqual(["refs/heads/main", "refs/heads/other"]);
    expect([first.commits(), second.commits(), third.commits()]).toEqual([[one], [one], []]);
    expect(third.errors.length).toBeGreaterThan(9);
  });

  it("asks for another credential by itself", async () => {
    const { server, noticer, pass } = stage();
    const follow = { wish: { branch: "main" }, intervalMs: 1000, onCommit: () => undefined, onError: () => undefined };
    noticer.follow({ ...follow, remote: { url: "https://h/r.git" } });
    noticer.follow({ ...follow, remote: { url: "https://user:pass@h/r.git" } });
    await pass(10);
    expect(server.asked).toBe(2);
  });

  it("tells each commit once", async () => {
    const { server, pass, follow } = stage();
    const repo = follow("main", 1000);
    await pass(3000);
    server.refs.set("refs/heads/main", two);
    await pass(3000);
    expect(repo.commits()).toEqual([one, two]);
  });

  it("backs off while the server fails, and then tells the last good commit again", async () => {
    const { server, pass, follow } = stage();
    const repo = follow("main", 1000);
    await pass(10);
    server.error = new AppError("GIT_UNREACHABLE", "down");
    const asked = server.asked;
    await pass(600_000);
    expect(server.asked - asked).toBeLessThan(15);
    expect(repo.errors.at(-1)).toBe(server.asked - asked);
    expect(repo.commits()).toEqual([one]);
    server.error = undefined;
    await pass(300_000);
    expect(repo.commits()).toEqual([one, one]);
  });

  it("looks at once when poked, and again soon while the announced commit does not show", async () => {
    const { server, pass, follow } = stage();
    const repo = follow("main", undefined);
    await pass(100_000);
    expect(server.asked).toBe(1);
    repo.following.poke(two);
    await pass(500);
    server.refs.set("refs/heads/main", two);
    await pass(2000);
    expect(repo.commits()).toEqual([one, two]);
    const asked = server.asked;
    await pass(100_000);
    expect(server.asked).toBe(asked);
  });

  it("tells whom polling is turned off nothing of what others of the same remote see, until poked", async () => {
    const { server, pass, follow } = stage();
    const polled = follow("main", 1000);
    const still = follow("main", undefined);
    await pass(1500);
    server.refs.set("refs/heads/main", two);
    await pass(5000);
    expect([polled.commits(), still.commits()]).toEqual([[one, two], [one]]);
    server.error = new AppError("GIT_UNREACHABLE", "down");
    await pass(5000);
    expect([polled.errors.length > 0, still.errors]).toEqual([true, []]);
    server.error = undefined;
    still.following.poke();
    await pass(5000);
    expect(still.commits()).toEqual([one, two]);
  });

  it("does not look for a push to another branch", async () => {
    const { server, pass, follow } = stage();
    const repo = follow("main", undefined);
    await pass(10);
    repo.following.poke(two, "refs/heads/other");
    await pass(1000);
    expect(server.asked).toBe(1);
    repo.following.poke(one, "refs/heads/main");
    await pass(1000);
    expect(server.asked).toBe(2);
  });

  it("gives up on an announced commit that never shows", async () => {
    const { server, pass, follow } = stage();
    const repo = follow("main", undefined);
    await pass(10);
    repo.following.poke(two);
    await pass(60_000);
    const asked = server.asked;
    expect(asked).toBeGreaterThan(10);
    await pass(600_000);
    expect(server.asked).toBe(asked);
  });

  it("asks nobody about a fixed commit", async () => {
    const { server, noticer, pass } = stage();
    const seen: CommitNotice[] = [];
    const wish = { branch: "main", revision: two };
    noticer.follow({
      remote: { url: "https://h/r.git" },
      wish,
      intervalMs: 1000,
      onCommit: (notice) => seen.push(notice),
      onError: () => undefined,
    });
    await pass(10_000);
    expect(seen).toEqual([{ commit: two }]);
    expect(server.asked).toBe(0);
  });

  it("stops asking with its last follower", async () => {
    const { server, pass, follow, timers } = stage();
    const [first, second] = [follow("main", 1000), follow("main", 1000)];
    await pass(100);
    first.following[Symbol.dispose]();
    await pass(2000);
    second.following[Symbol.dispose]();
    const asked = server.asked;
    await pass(10_000);
    expect(server.asked).toBe(asked);
    expect(timers.size).toBe(0);
  });
});

describe("planNextPoll", () => {
  const state = { intervalMs: 15_000, failures: 0, expectingForMs: undefined, random: () => 0.5 };

  it.each([
    { name: "the interval and some more", change: {}, delay: 15_750 },
    { name: "nothing without an interval", change: { intervalMs: undefined }, delay: undefined },
    { name: "never less than the interval after a failure", change: { failures: 1 }, delay: 15_750 },
    { name: "more after many failures", change: { failures: 20 }, delay: 225_000 },
    { name: "a retry after a failure without an interval", change: { failures: 1, intervalMs: undefined }, delay: 750 },
    { name: "very little after a webhook that was too early", change: { expectingForMs: 0 }, delay: 100 },
    { name: "two seconds later on", change: { expectingForMs: 20_000 }, delay: 2000 },
    { name: "the interval when it was in vain", change: { expectingForMs: 30_000 }, delay: 15_750 },
  ])("waits $name", ({ change, delay }) => {
    expect(planNextPoll({ ...state, ...change })).toBe(delay);
  });
});
