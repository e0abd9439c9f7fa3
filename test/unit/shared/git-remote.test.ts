import { describe, expect, it } from "vitest";

import { normalizeRemote, printableUrl, remoteKey } from "../../../shared/git-remote.ts";
import { fixedCommit, resolveRef } from "../../../bundler/git/resolve-ref.ts";

describe("normalizeRemote", () => {
  it("moves a credential out of the address", () => {
    expect(normalizeRemote({ url: "https://us%40er:p%2Fw@host/r.git/" })).toEqual({
      url: "https://host/r.git",
      credential: { kind: "basic", username: "us@er", password: "p/w" },
      transport: "http",
    });
  });

  it.each(["ssh://git@host:22/r.git", "git@host:org/r.git"])("takes %s for ssh", (url) => {
    expect(normalizeRemote({ url })).toEqual({ url, transport: "ssh" });
  });

  it.each([
    "file:///etc",
    "/etc",
    "ext::sh -c id",
    "--upload-pack=id",
    "ssh://-oProxyCommand=id/r",
    "git://host/r",
    "",
    "host",
  ])("refuses %s", (url) => {
    expect(() => normalizeRemote({ url })).toThrow(
      expect.objectContaining({ code: "GIT_URL_INVALID", verdict: "stalled" }),
    );
  });
});

describe("remoteKey", () => {
  it("differs by address, credential and trust, and holds none of them", () => {
    const url = "https://host/r.git";
    const keys = [
      { url },
      { url: `${url}2` },
      { url, caBundle: "pem" },
      { url, insecureSkipTLS: true },
      { url, credential: { kind: "basic" as const, username: "a", password: "b" } },
      { url, credential: { kind: "basic" as const, username: "ab", password: "" } },
      { url, credential: { kind: "bearer" as const, token: "a" } },
      { url, credential: { kind: "ssh" as const, privateKey: "a" } },
    ].map(remoteKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{40}$/u);
  });
});

describe("printableUrl", () => {
  it.each([
    ["https://user:token@host/r.git?private_token=x", "https://host/r.git"],
    ["git@host:r.git", "host:r.git"],
  ])("shows %s as %s", (url, shown) => {
    expect(printableUrl(url)).toBe(shown);
  });
});

describe("resolveRef", () => {
  const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(40));
  const refs = new Map(
    Object.entries({ HEAD: a, "refs/heads/main": a, "refs/heads/dev": b, "refs/tags/v1": c }) as [string, string][],
  );
  const remote = { refs, head: "refs/heads/main" };

  it.each([
    { name: "a branch", wish: { branch: "dev" }, found: { commit: b, ref: "refs/heads/dev" } },
    {
      name: "a tag, over a branch",
      wish: { branch: "dev", revision: "v1" },
      found: { commit: c, ref: "refs/tags/v1" },
    },
    {
      name: "a whole commit ID that the server need not name",
      wish: { revision: "D".repeat(40) },
      found: { commit: "d".repeat(40) },
    },
    {
      name: "the branch of HEAD where nothing is given and there is no master",
      wish: {},
      found: { commit: a, ref: "refs/heads/main" },
    },
  ])("finds $name", ({ wish, found }) => {
    expect(resolveRef(remote, wish)).toEqual(found);
  });

  it("prefers master where nothing is given, as Fleet does", () => {
    const withMaster = { ...remote, refs: new Map([...refs, ["refs/heads/master", "e".repeat(40)]]) };
    expect(resolveRef(withMaster, {})).toEqual({ commit: "e".repeat(40), ref: "refs/heads/master" });
  });

  it.each([{ revision: "main" }, { revision: "abc1234" }, { branch: "v1" }, { branch: "mai" }])(
    "does not guess at %j",
    (wish) => {
      expect(() => resolveRef(remote, wish)).toThrow(
        expect.objectContaining({ code: "GIT_REF_NOT_FOUND", verdict: "stalled" }),
      );
      expect(fixedCommit(wish)).toBeUndefined();
    },
  );
});
