import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contentCompression, createBlob } from "../../../bundler/store/blob-table.ts";
import { openPiece } from "../../../bundler/store/content-list.ts";
import { bytesColumn, type Database, numberColumn, textColumn } from "../../../bundler/store/database.ts";
import { openSqlite } from "../../../bundler/store/sqlite/open-sqlite.ts";
import type { Content } from "../../../shared/api/content.ts";
import { contentBytes, contentId } from "../../../shared/bundle/content-id.ts";
import { until } from "../../support/e2e-chain.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { type FakeAgent, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

function configMap(name: string, text = ""): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { text: "${text}" }\n`;
}

/** A root that holds two bundles, one of them a chart with values of its own. */
const files = {
  "apps/chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
  "apps/chart/fleet.yaml": "defaultNamespace: chart\nhelm: { chart: ., valuesFiles: [values.yaml] }\n",
  "apps/chart/templates/cm.yaml": configMap("chart"),
  "apps/chart/values.yaml": "text: values\n",
  "apps/plain/cm.yaml": configMap("plain"),
  "apps/plain/fleet.yaml": "defaultNamespace: plain\n",
  "fleet.yaml": "defaultNamespace: root\n",
  "root.yaml": configMap("root"),
};

function contentOf(some: Readonly<Record<string, string>>): Content {
  return { source: "files", resources: Object.entries(some).map(([name, content]) => ({ name, content })) };
}

/** What a root bundle of these files has always consisted of. */
function rootContent(all: Readonly<Record<string, string>>): Content {
  return contentOf(Object.fromEntries(Object.entries(all).filter(([name]) => name !== "fleet.yaml")));
}

describe("bundles that hold others", () => {
  let hub: HubRig;
  let git: TestGitServer;
  let agent: FakeAgent;

  /** Returns the digests of the agent's contents by bundle, once the root's is this one. */
  async function deployed(root: string): Promise<Map<string, string>> {
    let contents = new Map<string, string>();
    await until("the root bundle is in force", async () => {
      const { deployments } = await agent.document();
      contents = new Map(deployments.map(({ bundle, content }) => [bundle.replace("fleet-default/", ""), content]));
      return contents.get("nest") === root;
    });
    return contents;
  }
  /** Works on the database of the stopped hub. */
  async function withDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
    await hub.stop();
    try {
      await using db = openSqlite(join(hub.dataDir, "drover.db"));
      return await work(db);
    } finally {
      await hub.start();
    }
  }

  beforeAll(async () => {
    [hub, git] = await Promise.all([startHub(), startGitServer()]);
    const repo = await git.createRepository("nest");
    await git.commit("nest", { message: "first", files });
    const spec = { repo, branch: "main", pollingInterval: "1s", targets: [{ clusterSelector: {} }] };
    const metadata = { name: "nest", namespace: "fleet-default" };
    await hub.apply({ apiVersion: "fleet.cattle.io/v1alpha1", kind: "GitRepo", metadata, spec });
    agent = await registerAgent(hub, "nested");
  });
  afterAll(async () => {
    await hub?.[Symbol.asyncDispose]();
    await git?.[Symbol.asyncDispose]();
  });

  it("are served as the same bytes under the same digests, while each file is stored once", async () => {
    const root = rootContent(files);
    const contents = await deployed(contentId(root));
    const chart = contentOf({
      "Chart.yaml": files["apps/chart/Chart.yaml"],
      "templates/cm.yaml": files["apps/chart/templates/cm.yaml"],
    });
    const plain = contentOf({ "cm.yaml": files["apps/plain/cm.yaml"] });
    expect(Object.fromEntries(contents)).toEqual({
      nest: contentId(root),
      "nest-apps-chart": contentId(chart),
      "nest-apps-plain": contentId(plain),
    });
    for (const content of [root, chart, plain]) {
      const { status, bytes } = await agent.blob(contentId(content));
      expect([status, bytes]).toEqual([200, zstdCompressSync(contentBytes(content), contentCompression)]);
    }
    const rows = await withDatabase(async (db) => db.all("SELECT digest, listed, data FROM blobs"));
    const lists = rows.filter((row) => numberColumn(row, "listed") === 1);
    expect(lists.map((row) => textColumn(row, "digest"))).toEqual([contentId(root)]);
    const stored = rows
      .filter((row) => numberColumn(row, "listed") === 0)
      .flatMap((row) => openPiece(textColumn(row, "digest"), bytesColumn(row, "data"))?.resources ?? [])
      .map(({ content }) => content);
    const { "fleet.yaml": _options, ...wanted } = files;
    expect(stored.toSorted()).toEqual(Object.values(wanted).toSorted());
  });

  it("are built again when a piece is damaged, and nobody gets a wrong content", async () => {
    const [root, plain] = [rootContent(files), contentOf({ "cm.yaml": files["apps/plain/cm.yaml"] })];
    await deployed(contentId(root));
    const evil = createBlob(JSON.stringify(contentOf({ "cm.yaml": configMap("evil") })));
    await withDatabase(async (db) =>
      db.run("UPDATE blobs SET data = ? WHERE digest = ?", [evil.data, contentId(plain)]),
    );
    const first = await agent.blob(contentId(root));
    expect([first.status, first.json]).toEqual([500, { code: "STORE_CORRUPT", message: "internal error" }]);
    for (const content of [root, plain]) {
      await until("it is stored again", async () => (await agent.blob(contentId(content))).status === 200);
      expect((await agent.blob(contentId(content))).bytes).toEqual(
        zstdCompressSync(contentBytes(content), contentCompression),
      );
    }
  });

  it("go on as lists with the next commit", async () => {
    const text = { "apps/plain/cm.yaml": configMap("plain", "second") };
    await git.commit("nest", { message: "second", files: text });
    const root = rootContent({ ...files, ...text });
    await deployed(contentId(root));
    const { bytes } = await agent.blob(contentId(root));
    expect(bytes).toEqual(zstdCompressSync(contentBytes(root), contentCompression));
    const rows = await withDatabase(async (db) =>
      db.all("SELECT listed FROM blobs WHERE digest = ?", [contentId(root)]),
    );
    expect(rows).toMatchObject([{ listed: 1 }]);
  });
});
