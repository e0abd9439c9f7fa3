import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ChartError } from "../../../helm/chart/chart-error.ts";
import { postRenderFiles } from "../../../helm/chart/post-render.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { randomManifests } from "./random-manifests.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

const plugin = `apiVersion: v1
name: same
version: 0.1.0
type: postrenderer/v1
runtime: subprocess
runtimeConfig: {platformCommand: [{command: cat}]}
`;
const call = ["template", "rel", "c", "--post-renderer", "same"];

const manifests = [
  "kind: List\nitems:\n- kind: A\n- kind: B\n  metadata: {name: x}\n",
  "kind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/index: '7'\n    config.kubernetes.io/path: x.yaml\n",
  "kind: A\nmetadata: &m {name: x}\nb: *m\ns: <<\n<<: {a: b}\n",
  "---\nkind: A # x\n---\n# only\n---\nkind: B\n# end\n",
  "# start\n\n# b\nkind: A\r\nb: c # d\r\n",
  "{kind: A, b: [1, 2], c: {d: e}}\n",
  "kind: A\nmetadata: {name: x}\nmetadata: {name: y, annotations: {a: b}}\n",
  'kind: A\n? |\n  lit\n: c\nv: |2\n   x\n  y\nx: "a\\\n  b"\n',
  "kind: A\nv: !!binary aGk=\nw: !<tag:x,2020:y> z\nx: !local {a: b}\ny: !!map {a: b}\n",
];
const broken = [
  "%YAML 1.1\n---\nkind: A\n",
  "- kind: A\n",
  "kind: A\nb: *b\n",
  "a: b\nc:\n  - x\n d: 1\n",
  "a: b\nmetadata: []\n",
  "a: b\n--- x\nc: d\n",
];

/** Makes a chart of manifests, each in a file of its own, and the plugin that changes nothing. */
async function writeAll(folder: string, texts: readonly string[]): Promise<void> {
  await rm(join(folder, "c"), { recursive: true, force: true });
  await mkdir(join(folder, "c/templates"), { recursive: true });
  await mkdir(join(folder, "plugins/same"), { recursive: true });
  await writeFile(join(folder, "plugins/same/plugin.yaml"), plugin);
  await writeFile(join(folder, "c/Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.0.0\n");
  const write = (text: string, index: number): Promise<void> =>
    writeFile(join(folder, `c/templates/f${String(index).padStart(3, "0")}.yaml`), text);
  await Promise.all(texts.map((text, index) => write(text, index)));
}

function isRead(text: string): boolean {
  try {
    postRenderFiles(new Map([["a.yaml", text]]), (documents) => documents);
    return true;
  } catch (error) {
    if (error instanceof ChartError) return false;
    throw error;
  }
}

describe.skipIf(!isThere)("documents that go through a post-renderer", () => {
  it("keep comments, order and style as helm keeps them", async () => {
    await using folder = await createTempDir("post-rendered");
    const texts = [...manifests, ...randomManifests(7, 200).filter((text) => isRead(text))];
    expect(texts.length).toBeGreaterThan(60);
    await writeAll(folder.path, texts);
    const variables = { HELM_PLUGINS: join(folder.path, "plugins"), PATH: process.env["PATH"] ?? "" };
    const theirs = await runRealHelm(call, folder.path, variables);
    expect(theirs.fault).toBe("");
    expect((await runDroverHelm(call, folder.path, variables)).stdout).toBe(theirs.stdout);
  });

  it.each(broken)("are refused with helm's words: %j", async (text) => {
    await using folder = await createTempDir("post-rendered");
    await writeAll(folder.path, [text]);
    const variables = { HELM_PLUGINS: join(folder.path, "plugins"), PATH: process.env["PATH"] ?? "" };
    const theirs = await runRealHelm(call, folder.path, variables);
    expect(theirs.fault).not.toBe("");
    expect(await runDroverHelm(call, folder.path, variables)).toEqual(theirs);
  });
});
