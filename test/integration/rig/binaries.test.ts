import { chmod, mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findOrBuildBinaries } from "../../kube/binaries.ts";
import { withBuildLock } from "../../kube/build-lock.ts";
import { cachedBinaryPath, findBinary } from "../../kube/find-binary.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";

let dir: TempDir;
let assets: string;
let onPath: string;

beforeEach(async () => {
  dir = await createTempDir("binaries");
  assets = join(dir.path, "assets");
  onPath = join(dir.path, "path");
  vi.stubEnv("KUBEBUILDER_ASSETS", assets);
  vi.stubEnv("XDG_CACHE_HOME", join(dir.path, "cache"));
  vi.stubEnv("PATH", onPath);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await dir[Symbol.asyncDispose]();
});

async function program(path: string, says: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe("finding a program", () => {
  it("takes KUBEBUILDER_ASSETS before the cache, and the cache before PATH", async () => {
    const last = await program(join(onPath, "kube-apiserver"), "Kubernetes v1.36.0");
    expect(await findBinary("kube-apiserver")).toBe(last);
    const second = await program(await cachedBinaryPath("kube-apiserver"), "");
    expect(await findBinary("kube-apiserver")).toBe(second);
    const first = await program(join(assets, "kube-apiserver"), "Kubernetes v1.36.1");
    expect(await findBinary("kube-apiserver")).toBe(first);
  });

  it.each([
    { name: "etcd", says: "etcd Version: 3.4.30" },
    { name: "kube-apiserver", says: "Kubernetes v1.35.4" },
    { name: "kubectl", says: "Client Version: v1.32.4" },
    { name: "helm", says: 'version.BuildInfo{Version:"v3.19.0", GitCommit:""}' },
    { name: "kustomize", says: "v4.5.7" },
  ] as const)("passes over $name that says $says", async ({ name, says }) => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await program(join(onPath, name), says);
    await program(join(assets, name), says);
    expect(await findBinary(name)).toBeUndefined();
    expect(process.stderr.write).toHaveBeenCalledWith(expect.stringContaining(`${join(assets, name)} is not v`));
  });

  it("says clearly what is missing where there is neither the program nor Go", async () => {
    const said: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
    const { paths, missing } = await findOrBuildBinaries(["kwok"]);
    expect(paths).toEqual({});
    expect(missing).toEqual([{ name: "kwok", reason: expect.stringContaining("install Go") }]);
    expect(said.join("")).toContain("NOT AVAILABLE: kwok");
  });
});

describe("the build lock", () => {
  it("lets one in at a time", async () => {
    const lock = join(dir.path, "build.lock");
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      inside -= 1;
    };
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await Promise.all([withBuildLock(lock, work), withBuildLock(lock, work), withBuildLock(lock, work)]);
    expect(most).toBe(1);
  });

  it("is taken over from a holder that has not touched it for a minute", async () => {
    const lock = join(dir.path, "build.lock");
    const longAgo = new Date(Date.now() - 90_000);
    await writeFile(lock, "1\n");
    await utimes(lock, longAgo, longAgo);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await withBuildLock(lock, () => Promise.resolve("in"))).toBe("in");
  });

  it("is free again after work that failed", async () => {
    const lock = join(dir.path, "build.lock");
    await expect(withBuildLock(lock, () => Promise.reject(new Error("no space")))).rejects.toThrow("no space");
    expect(await withBuildLock(lock, () => Promise.resolve("in"))).toBe("in");
  });
});
