import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChartSourceError } from "../../../helm/chart/source/chart-source-error.ts";
import { createChartSource } from "../../../helm/chart/source/fetch-chart.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { type ChartServer, sha256, startChartServer } from "../../support/chart-server.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

const run = promisify(execFile);
const helm = await findOrBuildBinary("helm");

const versions = ["0.9.0", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0+build.5", "3.0.0-beta.1"];
const wishes = [
  "",
  ">=1.0.0",
  "^1.0.0",
  "~1.2",
  "1.x",
  "<1.0.0",
  ">=2.0.0-0",
  "1.2.0",
  "2.0.0+build.5",
  "3.0.0-beta.1",
  "9.9.9",
];
const credential = { username: "someone", password: "s3cret" };

let server: ChartServer;
let dir: TempDir;

beforeAll(async () => {
  dir = await createTempDir("chart-source");
  server = await startChartServer({ auth: credential, pageSize: 3 });
  for (const version of versions) server.add("web", version);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await dir[Symbol.asyncDispose]();
});

/** Returns the digest of what helm pulls, "none" when it fails. */
async function helmPull(args: readonly string[]): Promise<string> {
  const into = await mkdtemp(join(dir.path, "pull-"));
  const env = Object.fromEntries(
    ["CACHE", "CONFIG", "DATA"].map((kind) => [`HELM_${kind}_HOME`, join(dir.path, "helm", kind)]),
  );
  const credentials = ["--username", credential.username, "--password", credential.password];
  try {
    await run(helm ?? "", ["pull", ...args, ...credentials, "--destination", into], { env, timeout: 60_000 });
  } catch {
    return "none";
  }
  const [file = ""] = await readdir(into);
  return sha256(await readFile(join(into, file)));
}

async function ourPull(wish: { chart: string; repo: string; version: string }): Promise<string> {
  const source = createChartSource({ cacheDir: join(dir.path, "cache") });
  try {
    const { digest } = await source.fetchChart(wish, { access: { credential, plainHttp: true } });
    return `sha256:${digest}`;
  } catch (error) {
    if (error instanceof ChartSourceError && error.fault === "not-found") return "none";
    throw error;
  }
}

const hasHelm = partIsThere("helm", helm === undefined ? "not found" : undefined);

describe("createChartSource", () => {
  it.runIf(hasHelm).each(wishes)("takes what helm takes from a chart repository for '%s'", async (version) => {
    const repo = `${server.url}/repo`;
    const ours = await ourPull({ chart: "web", repo, version });
    expect(ours).toBe(await helmPull(["web", "--repo", repo, ...versionFlag(version)]));
    expect(ours === "none").toBe(version === "9.9.9");
  });

  it.runIf(hasHelm).each(wishes)("takes what helm takes from a registry for '%s'", async (version) => {
    const address = `oci://${server.host}/charts/web`;
    const ours = await ourPull({ chart: "", repo: address, version });
    expect(ours).toBe(await helmPull([address, "--plain-http", ...versionFlag(version)]));
    expect(ours === "none").toBe(version === "9.9.9");
  });
});

function versionFlag(version: string): string[] {
  return version === "" ? [] : ["--version", version];
}
