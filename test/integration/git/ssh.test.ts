import { chmod, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { defaultFetchLimits } from "../../../bundler/git/fetch-limits.ts";
import { createGitCommand, type GitCommand } from "../../../bundler/git/git-command.ts";
import { normalizeRemote, type GitCredential } from "../../../shared/git-remote.ts";
import { createGitWorkTree } from "../../support/git-work-tree.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const credential: GitCredential = {
  kind: "ssh",
  privateKey: "PRIVATE KEY",
  knownHosts: "git.example.com ssh-ed25519 AAAA",
};

/** A stand-in for ssh that notes how it was called and runs the remote command here: there is no sshd in every place of test. */
const standIn = `#!/bin/sh
printf '%s\\n' "$@" > "$(dirname "$0")/args"
env > "$(dirname "$0")/env"
while [ $# -gt 1 ]; do
  case "$1" in
    -i) cp "$2" "$(dirname "$0")/key"; ls -l "$2" > "$(dirname "$0")/mode"; shift ;;
    -o) case "$2" in UserKnownHostsFile=*) cp "\${2#*=}" "$(dirname "$0")/hosts" ;; esac; shift ;;
  esac
  shift
done
exec sh -c "$1"
`;

async function setUp(
  dir: TempDir,
): Promise<{ command: GitCommand; bin: string; secretsDir: string; url: string; commit: string }> {
  await using server = await startGitServer({ root: dir.path });
  await server.createRepository("app");
  const tree = await createGitWorkTree(server.repositoryPath("app"), join(dir.path, "work"));
  const commit = await tree.commit({ files: { a: "1" } });
  await tree.tag("v1", commit);
  const bin = join(dir.path, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "ssh"), standIn);
  await chmod(join(bin, "ssh"), 0o755);
  const secretsDir = join(dir.path, "secrets");
  const command = createGitCommand({
    path: `${bin}:${process.env["PATH"] ?? ""}`,
    secretsDir,
    limits: defaultFetchLimits,
  });
  return { command, bin, secretsDir, url: `git@git.example.com:${server.repositoryPath("app")}`, commit };
}

describe("the git command over ssh", () => {
  it("lists refs and fetches with the key and hosts of the Secret, strictly, and leaves nothing behind", async () => {
    await using dir = await createTempDir("ssh");
    const { command, bin, secretsDir, url, commit } = await setUp(dir);
    const remote = normalizeRemote({ url, credential });
    const refs = await command.lsRemote(remote, ["HEAD", "refs/tags/v1"]);
    expect(refs).toEqual({
      refs: new Map([
        ["HEAD", commit],
        ["refs/tags/v1", commit],
      ]),
      head: "refs/heads/main",
    });
    const gitDir = join(dir.path, "store");
    await mkdir(gitDir);
    await command.fetch({ remote, gitDir, commit, limits: defaultFetchLimits }, "key");
    const args = (await readFile(join(bin, "args"), "utf8")).split("\n");
    expect(args).toEqual(
      expect.arrayContaining([
        "-F",
        "/dev/null",
        "StrictHostKeyChecking=yes",
        "BatchMode=yes",
        "IdentitiesOnly=yes",
        "git@git.example.com",
      ]),
    );
    expect(await readFile(join(bin, "key"), "utf8")).toBe("PRIVATE KEY\n");
    expect(await readFile(join(bin, "hosts"), "utf8")).toBe("git.example.com ssh-ed25519 AAAA");
    expect(await readFile(join(bin, "mode"), "utf8")).toMatch(/^-rw------- /u);
    const env = await readFile(join(bin, "env"), "utf8");
    expect(env).not.toContain("PRIVATE");
    expect(env.split("\n").filter((line) => /^(?:SSH_AUTH_SOCK|USER)=/u.test(line))).toEqual([]);
    expect(await readdir(secretsDir)).toEqual([]);
  });

  it.each([
    { name: "no key", credential: undefined, problem: "ssh-privatekey" },
    { name: "no known hosts", credential: { kind: "ssh" as const, privateKey: "k" }, problem: "known_hosts" },
  ])("asks for what is missing: $name", async ({ credential: given, problem }) => {
    await using dir = await createTempDir("ssh");
    const { command, secretsDir, url } = await setUp(dir);
    const remote = normalizeRemote(given === undefined ? { url } : { url, credential: given });
    const error: unknown = await command.lsRemote(remote, []).catch((failed: unknown) => failed);
    expect(error).toMatchObject({
      code: "GIT_AUTH_FAILED",
      verdict: "stalled",
      message: expect.stringContaining(problem),
    });
    expect(await readdir(secretsDir)).toEqual([]);
  });

  it("says when git is not installed", async () => {
    await using dir = await createTempDir("ssh");
    const command = createGitCommand({ path: dir.path, secretsDir: join(dir.path, "s"), limits: defaultFetchLimits });
    const remote = normalizeRemote({ url: "git@h:r", credential });
    await expect(command.lsRemote(remote, [])).rejects.toMatchObject({
      code: "GIT_BINARY_MISSING",
      verdict: "stalled",
    });
  });

  it("keeps credentials of http out of arguments and address", async () => {
    await using dir = await createTempDir("ssh");
    const bin = join(dir.path, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "git"), `#!/bin/sh\nprintf '%s\\n' "$@" > ${bin}/args\n/usr/bin/env > ${bin}/env\n`);
    await chmod(join(bin, "git"), 0o755);
    const command = createGitCommand({ path: bin, secretsDir: join(dir.path, "s"), limits: defaultFetchLimits });
    await command.lsRemote(normalizeRemote({ url: "https://user:secret@h.example/r.git" }), ["HEAD"]);
    expect(await readFile(join(bin, "args"), "utf8")).toBe("ls-remote\n--symref\n--\nhttps://h.example/r.git\nHEAD\n");
    const env = await readFile(join(bin, "env"), "utf8");
    expect(env).toContain("http.https://h.example/.extraHeader");
    expect(env).toContain("GIT_ALLOW_PROTOCOL=http:https:ssh");
    expect(env).not.toContain("secret");
  });
});
