import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type BinaryName, type BinaryRecipe, binaryRecipes } from "./binary-recipes.ts";
import { cachedBinaryPath, hasWantedVersion, rigDir } from "./find-binary.ts";

const progressEveryMs = 10_000;

/** Builds one program with Go into the user's cache and returns its path; progress goes to stderr. Throws with Go's last lines. */
export async function buildBinary(name: BinaryName): Promise<string> {
  const recipe = binaryRecipes[name];
  const target = await cachedBinaryPath(name);
  const root = dirname(dirname(target));
  await mkdir(root, { recursive: true });
  // Same file system as the target, so that the rename is atomic.
  const outDir = await mkdtemp(join(root, `.building-${name}-`));
  try {
    const built = join(outDir, name);
    await runGo(name, goCommand(recipe, built));
    if (!(await hasWantedVersion(name, built)))
      throw new Error(`the ${name} just built does not say ${recipe.version}`);
    await mkdir(dirname(target), { recursive: true });
    await rename(built, target);
    return target;
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

interface GoCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

function goCommand(recipe: BinaryRecipe, built: string): GoCommand {
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", recipe.ldflags];
  if (recipe.moduleDir !== undefined) {
    const cwd = join(rigDir, recipe.moduleDir);
    return { args: ["build", ...flags, "-o", built, recipe.package], cwd, env: { GOWORK: "off" } };
  }
  const args = ["install", ...flags, `${recipe.package}@${recipe.version}`];
  return { args, cwd: dirname(built), env: { GOWORK: "off", GOBIN: dirname(built) } };
}

/** Runs go, counting the packages that `-v` prints, and says every ten seconds how far it is. */
async function runGo(name: BinaryName, command: GoCommand): Promise<void> {
  const startedAt = Date.now();
  const lastLines: string[] = [];
  let packages = 0;
  const say = (what: string): void => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    process.stderr.write(`${name} ${binaryRecipes[name].version}: ${what} (${seconds} s)\n`);
  };
  say("building with Go, once for this machine");
  const child = spawn("go", [...command.args], {
    cwd: command.cwd,
    env: { ...process.env, ...command.env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!/\s/u.test(line)) packages += 1;
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  });
  const progress = setInterval(() => {
    say(`${packages} packages compiled, last ${basename(lastLines.at(-1) ?? "none")}`);
  }, progressEveryMs);
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`go ended with ${code ?? signal} while building ${name}:\n${lastLines.join("\n")}`));
      });
    });
  } finally {
    clearInterval(progress);
  }
  say("built");
}
