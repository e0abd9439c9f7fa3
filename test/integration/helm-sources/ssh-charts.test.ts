import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGitChartFetcher } from "../../../bundler/build/fetch-git-chart.ts";
import { createGitSource } from "../../../bundler/git/git-source.ts";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { startGitServer } from "../../../simulator/git-server.ts";
import { createGitWorkTree } from "../../support/git-work-tree.ts";
import { createTempDir } from "../../support/temp-dir.ts";

/** A stand-in for ssh that keeps the key it was given and runs the remote command here: there is no sshd in every place of test. */
const standIn = `#!/bin/sh
printf '%s\\n' "$@" > "$(dirname "$0")/args"
while [ $# -gt 1 ]; do
  case "$1" in
    -i) cat "$2" >> "$(dirname "$0")/key"; shift ;;
    -o) shift ;;
  esac
  shift
done
exec sh -c "$1"
`;

describe("a chart of a Git repository over ssh", () => {
  it("is fetched with the key of the Secret, or the one in its address, and host keys are checked", async () => {
    await using dir = await createTempDir("ssh-charts");
    await using server = await startGitServer({ root: join(dir.path, "repositories") });
    await server.createRepository("charts");
    const tree = await createGitWorkTree(server.repositoryPath("charts"), join(dir.path, "work"));
    const chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    const commit = await tree.commit({ files: { "web/Chart.yaml": chart, "web/values.yaml": "" } });
    const bin = join(dir.path, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "ssh"), standIn);
    await chmod(join(bin, "ssh"), 0o755);
    const path = `${bin}:${process.env["PATH"] ?? ""}`;
    await using git = createGitSource({ dataDir: dir.path, clock: systemClock, log: silentLogger, path });
    const source = createChartSource({
      cacheDir: join(dir.path, "cache"),
      fetchGit: createGitChartFetcher(git, join(dir.path, "stores")),
    });
    const address = `git@git.example.com:${server.repositoryPath("charts")}//web`;
    const access = { sshKey: { privateKey: "KEY OF THE SECRET", knownHosts: "git.example.com ssh-ed25519 AAAA" } };
    const wish = { chart: address, repo: "", version: "" };
    expect(await source.fetchChart(wish, { access })).toMatchObject({
      version: "1.0.0",
      url: expect.stringMatching(new RegExp(`^git::ssh://git\\.example\\.com/.*//web@${commit}$`, "u")),
    });
    expect(await readFile(join(bin, "key"), "utf8")).toContain("KEY OF THE SECRET");
    expect(await readFile(join(bin, "args"), "utf8")).toContain("StrictHostKeyChecking=yes");
    const own = `${address}?sshkey=${Buffer.from("KEY OF THE ADDRESS").toString("base64url")}`;
    const fetched = await source.fetchChart({ ...wish, chart: own }, { access });
    expect(await readFile(join(bin, "key"), "utf8")).toContain("KEY OF THE ADDRESS");
    expect(fetched.url).not.toContain("sshkey");
  });
});
