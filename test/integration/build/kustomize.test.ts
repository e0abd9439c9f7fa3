import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { createKustomizeRenderer, defaultKustomizeLimits } from "../../../shared/runtime/kustomize/kustomize.ts";
import type { Content } from "../../../shared/api/content.ts";
import { contentId } from "../../../shared/bundle/content-id.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const programs = await Promise.all(
  (["kustomize", "kubectl"] as const).map(async (name) => ({ name, file: await findOrBuildBinary(name) })),
);
const kustomize = programs[0]?.file ?? "";

function call(files: Readonly<Record<string, string>>, dir: string) {
  const content: Content = {
    source: "files",
    resources: Object.entries(files).map(([name, text]) => ({ name, content: text })),
  };
  return { content, contentId: contentId(content), dir };
}

const files = {
  "base/kustomization.yaml": "resources: [cm.yaml]\n",
  "base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
  "prod/kustomization.yaml": "namePrefix: prod-\nresources: [../base]\n",
};

async function program(dir: string, script: string): Promise<string> {
  const file = join(dir, "kustomize-fake");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

describe.each(programs)("createKustomizeRenderer with $name", ({ name, file }) => {
  it.runIf(partIsThere(name, file === undefined ? "not found" : undefined))("renders each variant once", async () => {
    await using dir = await createTempDir("kustomize");
    const renderer = createKustomizeRenderer({ binary: file ?? "", path: "", dir: dir.path });
    await expect(renderer.render(call(files, "prod"))).resolves.toContain("name: prod-a");
    await expect(renderer.render(call(files, "base"))).resolves.toContain("name: a");
    const again = createKustomizeRenderer({ binary: file ?? "", path: "", dir: dir.path });
    await expect(again.render(call(files, "prod"))).resolves.toContain("name: prod-a");
    expect(await readdir(dir.path)).toEqual(["kustomize-cache"]);
    expect(await readdir(join(dir.path, "kustomize-cache"))).toHaveLength(2);
  });
});

describe("createKustomizeRenderer", () => {
  it.runIf(partIsThere("kustomize", kustomize === "" ? "not found" : undefined))(
    "says what kustomize says, with paths of the bundle",
    async () => {
      await using dir = await createTempDir("kustomize");
      const renderer = createKustomizeRenderer({ binary: kustomize, path: "", dir: dir.path });
      const error: unknown = await renderer
        .render(call({ "k/kustomization.yaml": "resources: [gone.yaml]\n" }, "k"))
        .catch((e: unknown) => e);
      expect(error).toMatchObject({ code: "KUSTOMIZE_FAILED", verdict: "stalled" });
      expect(error).toMatchObject({ message: expect.stringContaining("gone.yaml") });
      expect(error).toMatchObject({ message: expect.not.stringContaining(dir.path) });
    },
  );

  it.runIf(partIsThere("kustomize", kustomize === "" ? "not found" : undefined))(
    "sees no file outside of the bundle",
    async () => {
      await using dir = await createTempDir("kustomize");
      await writeFile(join(dir.path, "secret.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stolen}\n");
      const renderer = createKustomizeRenderer({ binary: kustomize, path: "", dir: dir.path });
      const reference = "../../secret.yaml";
      for (const text of [`resources: [${reference}]\n`, `configMapGenerator:\n- name: x\n  files: [${reference}]\n`]) {
        await expect(renderer.render(call({ "kustomization.yaml": text }, ""))).rejects.toMatchObject({
          code: "KUSTOMIZE_FAILED",
        });
      }
    },
  );

  it("ends a program that takes too long or prints too much, with all that it started", async () => {
    await using dir = await createTempDir("kustomize");
    await mkdir(join(dir.path, "work"));
    const limits = { ...defaultKustomizeLimits, timeoutMs: 500, outputBytes: 1000 };
    for (const { script, reason } of [
      { script: "/bin/sleep 60 & wait", reason: "more than 500 ms" },
      { script: "while :; do echo yyyyyyyyyyyyyyyyyyyy; done", reason: "printed more than 1000 bytes" },
    ]) {
      const binary = await program(dir.path, script);
      const renderer = createKustomizeRenderer({ binary, path: "", dir: join(dir.path, "work"), limits });
      await expect(renderer.render(call(files, "prod"))).rejects.toThrow(reason);
    }
    expect(await readdir(join(dir.path, "work"))).toEqual([]);
  });

  it("gives the program nothing of the hub's environment", async () => {
    await using dir = await createTempDir("kustomize");
    const binary = await program(dir.path, "/usr/bin/env");
    const renderer = createKustomizeRenderer({ binary, path: "", dir: dir.path });
    const names = (await renderer.render(call(files, "prod"))).split("\n").map((line) => line.split("=")[0] ?? "");
    const expected = [
      "GOMAXPROCS",
      "GOMEMLIMIT",
      "HOME",
      "HTTPS_PROXY",
      "HTTP_PROXY",
      "LC_ALL",
      "PATH",
      "TMPDIR",
      "http_proxy",
      "https_proxy",
    ];
    const ofTheShell = new Set(["", "PWD", "OLDPWD", "SHLVL", "_"]);
    expect(names.filter((name) => !ofTheShell.has(name)).toSorted()).toEqual(expected);
  });

  it("says what to install when there is no program", async () => {
    await using dir = await createTempDir("kustomize");
    const renderer = createKustomizeRenderer({ path: dir.path, dir: dir.path });
    await expect(renderer.render(call(files, "prod"))).rejects.toMatchObject({ code: "KUSTOMIZE_BINARY_MISSING" });
  });
});
