import { execFile } from "node:child_process";
import { join } from "node:path";
import { type BinaryName, binaryNames } from "./binary-recipes.ts";
import { buildBinary } from "./build-binary.ts";
import { withBuildLock } from "./build-lock.ts";
import { binaryCacheDir, findBinary } from "./find-binary.ts";

/** Paths of the programs that are there, and why each of the others is not. */
export interface BinarySet {
  readonly paths: Partial<Record<BinaryName, string>>;
  readonly missing: readonly { readonly name: BinaryName; readonly reason: string }[];
}

/** Returns the path of a program that is there already or was built now; undefined, said on stderr, where neither works. */
export async function findOrBuildBinary(name: BinaryName): Promise<string | undefined> {
  const { paths } = await findOrBuildBinaries([name]);
  return paths[name];
}

/**
 * Finds each program in `KUBEBUILDER_ASSETS`, the user's cache or PATH, and builds those that are nowhere with Go, once
 * per machine. What cannot be had is listed with its reason, which is printed to stderr too.
 */
export async function findOrBuildBinaries(names: readonly BinaryName[] = binaryNames): Promise<BinarySet> {
  const paths: Partial<Record<BinaryName, string>> = {};
  const missing: { name: BinaryName; reason: string }[] = [];
  const notFound: BinaryName[] = [];
  for (const name of names) {
    const found = await findBinary(name);
    if (found === undefined) notFound.push(name);
    else paths[name] = found;
  }
  for (const name of notFound) {
    const result = await buildOnce(name);
    if (result.path === undefined) missing.push({ name, reason: result.reason });
    else paths[name] = result.path;
  }
  for (const [reason, group] of Map.groupBy(missing, (item) => item.reason)) {
    process.stderr.write(`NOT AVAILABLE: ${group.map(({ name }) => name).join(", ")}: ${reason}\n`);
  }
  return { paths, missing };
}

type BuildResult = { readonly path: string } | { readonly path: undefined; readonly reason: string };

async function buildOnce(name: BinaryName): Promise<BuildResult> {
  if (!(await hasGo())) {
    const reason =
      "not in KUBEBUILDER_ASSETS, not in the cache, not on PATH in the wanted version, and there is no Go to build it with; " +
      "install Go 1.26 or newer, or set KUBEBUILDER_ASSETS to a folder that holds it";
    return { path: undefined, reason };
  }
  return withBuildLock(join(binaryCacheDir(), "build.lock"), async () => {
    // Another process may have built it while this one waited for the lock.
    const found = await findBinary(name);
    if (found !== undefined) return { path: found };
    try {
      return { path: await buildBinary(name) };
    } catch (error) {
      return { path: undefined, reason: error instanceof Error ? error.message : String(error) };
    }
  });
}

function hasGo(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("go", ["version"], (error) => {
      resolve(error === null);
    });
  });
}
