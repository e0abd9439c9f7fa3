import { join } from "node:path";
import { expect, it } from "vitest";
import { openList } from "../../../bundler/store/content-list.ts";
import { bytesColumn } from "../../../bundler/store/database.ts";
import { migrate } from "../../../bundler/store/migrate.ts";
import { openSqlite } from "../../../bundler/store/sqlite/open-sqlite.ts";
import { bundleContentSchema } from "../../../bundler/build/bundle-content.ts";
import { freePort } from "../../kube/free-port.ts";
import { startBundler } from "../../support/drover-process.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer } from "../../support/git-server.ts";
import { kubectl } from "../../support/kubectl.ts";

const kills = 6;

function filesOf(round: number): Record<string, string> {
  const files = Array.from({ length: 8 }, (_, index) => ({
    [`app-${index}/fleet.yaml`]: "defaultNamespace: shop\n",
    [`app-${index}/cm.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: app-${index} }\ndata: { round: "${round}" }\n`,
  }));
  // The root holds the others: it is stored as a list of pieces of theirs.
  return Object.assign({ "fleet.yaml": "defaultNamespace: root\n" }, ...files) as Record<string, string>;
}

it("leaves a whole store behind whenever it is killed, and ends with the last commit", async () => {
  await using git = await startGitServer();
  await using bundler = await startBundler({ port: await freePort() });
  const hub = async (...args: readonly string[]): Promise<string> =>
    (await kubectl(args, { kubeconfigPath: bundler.kubeconfigPath })).stdout;
  const repo = await git.createRepository("crash");
  await git.commit("crash", { message: "0", files: filesOf(0) });
  const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: {} }] };
  const stdin = JSON.stringify({
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "GitRepo",
    metadata: { name: "crash", namespace: "fleet-default" },
    spec,
  });
  await kubectl(["apply", "-f", "-"], { kubeconfigPath: bundler.kubeconfigPath, stdin });
  let commit = "";
  let version = 0;
  for (let round = 1; round <= kills; round++) {
    commit = await git.commit("crash", { message: String(round), files: filesOf(round) });
    // Killed at another point of the deployment each time: before, in the middle of, and after it.
    await new Promise((resolve) => {
      setTimeout(resolve, round * 230);
    });
    await bundler.stop("SIGKILL");
    version = await checkStore(bundler.dataDir, version);
    await bundler.start();
  }
  await until(
    "the last commit is in force",
    async () => (await hub("get", "gitrepo", "crash", "-o", "jsonpath={.status.commit}")) === commit,
  );
  const labels = await hub("get", "bundles", "-o", "jsonpath={.items[*].metadata.labels.fleet\\.cattle\\.io/commit}");
  expect(labels.split(" ")).toEqual(Array.from({ length: 9 }, () => commit));
  await bundler.stop("SIGKILL");
  await checkStore(bundler.dataDir, version);
});

/** Checks what must hold after any crash; returns the newest version, which never falls. */
async function checkStore(dataDir: string, before: number): Promise<number> {
  await using db = openSqlite(join(dataDir, "drover.db"));
  await migrate(db);
  const blobs = new Set((await db.all("SELECT digest FROM blobs")).map(({ digest }) => digest));
  const lists = await db.all("SELECT data FROM blobs WHERE listed = 1");
  for (const piece of lists.flatMap((row) => openList(bytesColumn(row, "data"))?.pieces ?? ["damaged"]))
    expect(blobs).toContain(piece);
  const bundles = await db.all("SELECT name, body, version FROM objects WHERE resource = 'fleet.cattle.io/bundles'");
  const commits = new Set<string>();
  for (const { body } of bundles) {
    const { metadata } = JSON.parse(String(body)) as {
      metadata: { annotations: Record<string, string>; labels: Record<string, string> };
    };
    const content = bundleContentSchema.parse(JSON.parse(metadata.annotations["drover.dev/content"] ?? ""));
    for (const digest of [content.files, ...Object.values(content.kustomize)]) expect(blobs).toContain(digest);
    commits.add(metadata.labels["fleet.cattle.io/commit"] ?? "");
  }
  // Every round changes every bundle: all of them are of one commit, never of half of one.
  expect(commits.size).toBeLessThanOrEqual(1);
  const [row] = await db.all("SELECT CAST(value AS BIGINT) AS version FROM meta WHERE key = 'version'");
  const version = Number(row?.["version"]);
  expect(version).toBeGreaterThanOrEqual(Math.max(before, ...bundles.map((bundle) => Number(bundle["version"]))));
  return version;
}
