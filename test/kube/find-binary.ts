import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type BinaryName, binaryRecipes } from "./binary-recipes.ts";

/** The folder of this file, where the Go modules are. */
export const rigDir = import.meta.dirname;

/** Returns the user's cache folder for the rig's programs. */
export function binaryCacheDir(): string {
  const given = process.env["XDG_CACHE_HOME"];
  return join(given === undefined || given === "" ? join(homedir(), ".cache") : given, "drover", "kube");
}

/** Returns where a program is kept in the cache: a folder per version, platform and way of building. */
export async function cachedBinaryPath(name: BinaryName): Promise<string> {
  const recipe = binaryRecipes[name];
  const hash = createHash("sha256").update(JSON.stringify([recipe, process.platform, process.arch]));
  if (recipe.moduleDir !== undefined) {
    hash.update(await readFile(join(rigDir, recipe.moduleDir, "go.mod")));
    hash.update(await readFile(join(rigDir, recipe.moduleDir, "go.sum")));
  }
  const key = `${name}-${recipe.version}-${process.platform}-${process.arch}-${hash.digest("hex").slice(0, 8)}`;
  return join(binaryCacheDir(), key, name);
}

/**
 * Returns the path of a program, or undefined: from the folder `KUBEBUILDER_ASSETS`, the user's cache, then PATH.
 * One that is not ours counts only when it says the same major and minor version.
 */
export async function findBinary(name: BinaryName): Promise<string | undefined> {
  const assets = process.env["KUBEBUILDER_ASSETS"];
  if (assets !== undefined && assets !== "") {
    const candidate = join(assets, name);
    if (await hasWantedVersion(name, candidate)) return candidate;
    if (await isExecutable(candidate)) warnOnce(`${candidate} is not ${binaryRecipes[name].version}: not used`);
  }
  const cached = await cachedBinaryPath(name);
  if (await isExecutable(cached)) return cached;
  for (const dir of (process.env["PATH"] ?? "").split(delimiter)) {
    const candidate = join(dir, name);
    if (dir !== "" && (await hasWantedVersion(name, candidate))) return candidate;
  }
  return undefined;
}

/** Tells whether the file exists, runs, and prints a version with the wanted major and minor. */
export async function hasWantedVersion(name: BinaryName, path: string): Promise<boolean> {
  if (!(await isExecutable(path))) return false;
  const recipe = binaryRecipes[name];
  const printed = await new Promise<string>((resolve) => {
    execFile(path, [...recipe.versionArgs], { timeout: 20_000 }, (_error, stdout, stderr) => {
      resolve(`${stdout}\n${stderr}`);
    });
  });
  return recipe.versionPattern.exec(printed)?.[1] === recipe.version.slice(1).split(".").slice(0, 2).join(".");
}

const warned = new Set<string>();

function warnOnce(message: string): void {
  if (!warned.has(message)) process.stderr.write(`${message}\n`);
  warned.add(message);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
