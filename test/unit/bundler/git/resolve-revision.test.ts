import { describe, expect, it } from "vitest";
import type { AskRefs } from "../../../../bundler/git/notice-commit.ts";
import { resolveRevision } from "../../../../bundler/git/resolve-revision.ts";

const remote = { url: "https://git.example/config.git" };
const commit = "a".repeat(40);
const refs = new Map([
  ["refs/heads/proposal", "b".repeat(40)],
  ["refs/tags/v1", "c".repeat(40)],
  ["refs/pull/7/head", "d".repeat(40)],
]);

function aRemote(): {
  readonly asked: (readonly string[])[];
  readonly resolve: (revision: string) => Promise<unknown>;
} {
  const asked: (readonly string[])[] = [];
  const askRefs: AskRefs = async (_remote, { prefixes }) => {
    asked.push(prefixes);
    return { refs, head: undefined };
  };
  const { signal } = new AbortController();
  return { asked, resolve: async (revision) => resolveRevision(askRefs, remote, { revision, signal }) };
}

describe("resolveRevision", () => {
  it("takes a whole commit ID as it is, without asking", async () => {
    const { asked, resolve } = aRemote();
    expect(await resolve(commit.toUpperCase())).toEqual({ commit });
    expect(asked).toEqual([]);
  });

  it.each([
    ["proposal", "refs/heads/proposal"],
    ["v1", "refs/tags/v1"],
    ["refs/pull/7/head", "refs/pull/7/head"],
  ])("finds the commit of %s", async (revision, ref) => {
    expect(await aRemote().resolve(revision)).toEqual({ commit: refs.get(ref), ref });
  });

  it.each(["nowhere", "-x", "a..b", "a b", "a\nb", "", "@{1}", "x".repeat(300)])("refuses %j", async (revision) => {
    await expect(aRemote().resolve(revision)).rejects.toMatchObject({ code: "GIT_REF_NOT_FOUND" });
  });

  it("asks the remote for nothing that is no name", async () => {
    const { asked, resolve } = aRemote();
    await resolve("a\n0000").catch(() => undefined);
    expect(asked).toEqual([]);
  });
});
