import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";

import { isSameRepository, maxWebhookBytes, parseWebhook } from "../../../../bundler/git/webhook.ts";

const secret = "s3cret";
const commit = "0123456789abcdef0123456789abcdef01234567";

function signed(body: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

const gitHub = JSON.stringify({
  ref: "refs/heads/main",
  after: commit,
  repository: {
    clone_url: "https://github.com/o/r.git",
    ssh_url: "git@github.com:o/r.git",
    html_url: "https://github.com/o/r",
    id: 7,
  },
});
const gitLab = JSON.stringify({
  object_kind: "push",
  ref: "refs/tags/v1",
  checkout_sha: commit,
  project: { git_http_url: "https://gitlab.com/o/r.git", git_ssh_url: "git@gitlab.com:o/r.git" },
});
const cloud = JSON.stringify({
  push: { changes: [{ new: { type: "branch", name: "main", target: { hash: commit } } }] },
  repository: { links: { html: { href: "https://bitbucket.org/o/r" } } },
});
const dataCenter = JSON.stringify({
  changes: [
    { ref: { id: "refs/heads/a" }, toHash: commit },
    { ref: { id: "refs/heads/b" }, toHash: commit },
  ],
  repository: {
    links: { clone: [{ href: "ssh://git@bb.example:7999/o/r.git" }, { href: "https://bb.example/scm/o/r.git" }] },
  },
});
const azure = JSON.stringify({
  resource: {
    refUpdates: [{ name: "refs/heads/main", newObjectId: commit }],
    repository: { remoteUrl: "https://dev.azure.com/o/p/_git/r" },
  },
});
const generic = JSON.stringify({ url: "https://git.example.com/r.git", commit });

describe("parseWebhook", () => {
  it.each([
    {
      name: "GitHub",
      headers: { "x-github-event": "push", "x-hub-signature-256": signed(gitHub) },
      body: gitHub,
      push: {
        urls: ["https://github.com/o/r.git", "git@github.com:o/r.git", "https://github.com/o/r"],
        ref: "refs/heads/main",
        commit,
      },
    },
    {
      name: "Gitea",
      headers: { "x-gitea-event": "push", "x-gitea-signature": signed(gitHub).slice("sha256=".length) },
      body: gitHub,
      push: {
        urls: ["https://github.com/o/r.git", "git@github.com:o/r.git", "https://github.com/o/r"],
        ref: "refs/heads/main",
        commit,
      },
    },
    {
      name: "GitLab",
      headers: { "x-gitlab-event": "Tag Push Hook", "x-gitlab-token": secret },
      body: gitLab,
      push: { urls: ["https://gitlab.com/o/r.git", "git@gitlab.com:o/r.git"], ref: "refs/tags/v1", commit },
    },
    {
      name: "Bitbucket Cloud",
      headers: { "x-event-key": "repo:push", "x-hub-signature": signed(cloud) },
      body: cloud,
      push: { urls: ["https://bitbucket.org/o/r"], ref: "refs/heads/main", commit },
    },
    {
      name: "Bitbucket Data Center, of two branches at once",
      headers: { "x-event-key": "repo:refs_changed", "x-hub-signature": signed(dataCenter) },
      body: dataCenter,
      push: { urls: ["ssh://git@bb.example:7999/o/r.git", "https://bb.example/scm/o/r.git"] },
    },
    {
      name: "Azure DevOps",
      headers: { authorization: `Basic ${Buffer.from(`any:${secret}`).toString("base64")}` },
      body: azure,
      push: { urls: ["https://dev.azure.com/o/p/_git/r"], ref: "refs/heads/main", commit },
    },
    {
      name: "anybody who signs",
      headers: { "x-drover-signature-256": signed(generic) },
      body: generic,
      push: { urls: ["https://git.example.com/r.git"], commit },
    },
  ])("understands a push of $name", ({ headers, body, push }) => {
    expect(parseWebhook(headers, Buffer.from(body), ["other", secret])).toEqual({ type: "push", push });
  });

  it("reads a form, which GitHub sends where it is set to", () => {
    const body = new URLSearchParams({ payload: gitHub }).toString();
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-github-event": "push",
      "x-hub-signature-256": signed(body),
    };
    expect(parseWebhook(headers, Buffer.from(body), [secret])).toMatchObject({ type: "push", push: { commit } });
  });

  it.each([
    { name: "a wrong signature", headers: { "x-hub-signature-256": signed("other") }, secrets: [secret] },
    { name: "a signature of another length", headers: { "x-hub-signature-256": "sha256=00" }, secrets: [secret] },
    { name: "a wrong token", headers: { "x-gitlab-token": "s3creT" }, secrets: [secret] },
    { name: "an empty token where the secret is empty", headers: { "x-gitlab-token": "" }, secrets: [""] },
    {
      name: "a wrong token beside a right signature",
      headers: { "x-gitlab-token": "x", "x-hub-signature-256": signed(gitHub) },
      secrets: [secret],
    },
    { name: "the outdated SHA-1 signature alone", headers: { "x-hub-signature": "sha1=00" }, secrets: [secret] },
    {
      name: "a wrong password",
      headers: { authorization: `Basic ${Buffer.from(`${secret}:wrong`).toString("base64")}` },
      secrets: [secret],
    },
    { name: "no signature", headers: {}, secrets: [secret] },
    { name: "anything when no secret is configured", headers: { "x-hub-signature-256": signed(gitHub) }, secrets: [] },
  ])("refuses $name", ({ headers, secrets }) => {
    const parse = (): unknown => parseWebhook({ "x-github-event": "push", ...headers }, Buffer.from(gitHub), secrets);
    expect(parse).toThrow(expect.objectContaining({ code: "WEBHOOK_REFUSED" }));
  });

  it("has nothing to do for a ping", () => {
    const headers = { "x-github-event": "ping", "x-hub-signature-256": signed("{}") };
    expect(parseWebhook(headers, Buffer.from("{}"), [secret])).toEqual({ type: "ignored" });
  });

  it("names no commit for a tag of GitHub, since it may be that of the tag object", () => {
    const body = JSON.stringify({ ref: "refs/tags/v1", after: commit, repository: { url: "https://h/r" } });
    const headers = { "x-github-event": "push", "x-hub-signature-256": signed(body) };
    const event = parseWebhook(headers, Buffer.from(body), [secret]);
    expect(event).toEqual({ type: "push", push: { urls: ["https://h/r"], ref: "refs/tags/v1" } });
  });

  it("names no commit for a branch that was deleted", () => {
    const body = JSON.stringify({ ref: "refs/heads/x", after: "0".repeat(40), repository: { url: "https://h/r" } });
    const event = parseWebhook({ "x-github-event": "push", "x-hub-signature-256": signed(body) }, Buffer.from(body), [
      secret,
    ]);
    expect(event).toEqual({ type: "push", push: { urls: ["https://h/r"], ref: "refs/heads/x" } });
  });

  it.each(["", "[1]", "null", '{"ref": 7}', "{}"])("says that a body cannot be understood: %s", (body) => {
    const headers = { "x-drover-signature-256": signed(body) };
    expect(() => parseWebhook(headers, Buffer.from(body), [secret])).toThrow(
      expect.objectContaining({ code: "WEBHOOK_INVALID" }),
    );
  });

  it("does not look at a body that is too large", () => {
    const body = Buffer.alloc(maxWebhookBytes + 1);
    expect(() => parseWebhook({ "x-gitlab-token": secret }, body, [secret])).toThrow("too large");
  });
});

describe("isSameRepository", () => {
  it.each([
    ["https://github.com/Org/Repo.git", "git@github.com:org/repo"],
    ["ssh://git@host.example:2222/org/repo.git", "https://host.example/org/repo/"],
    ["https://user@dev.azure.com/o/p/_git/r", "https://dev.azure.com/o/p/r"],
  ])("takes %s and %s for one", (left, right) => {
    expect(isSameRepository(left, right)).toBe(true);
  });

  it.each([
    ["https://github.com/org/repo", "https://github.com/org/repo2"],
    ["https://github.com/org/repo", "https://evil.example/github.com/org/repo"],
    ["https://github.com/org/repo", "https://github.com.evil.example/org/repo"],
    ["", ""],
  ])("takes %s and %s for two", (left, right) => {
    expect(isSameRepository(left, right)).toBe(false);
  });
});
