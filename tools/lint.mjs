// Runs a script of tools/lint/package.json (`lint`, `format`, `format:check`, `unused`), installing the linters before when
// they are missing or of another version. They have no lock file: their platform packages differ between registries.
//   node tools/run.mjs tools/lint.mjs lint
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const dir = join(dirname(fileURLToPath(import.meta.url)), "lint");

/** @param {string} path @returns {{ version?: string, devDependencies?: Record<string, string> } | undefined} */
function readPackage(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isInstalled() {
  const wanted = Object.entries(readPackage(join(dir, "package.json"))?.devDependencies ?? {});
  return wanted.every(
    ([name, version]) => readPackage(join(dir, "node_modules", name, "package.json"))?.version === version,
  );
}

/** @param {string[]} args */
function npm(...args) {
  const { status, error } = spawnSync("npm", args, { cwd: dir, stdio: "inherit" });
  if (error) process.stderr.write(`cannot run npm: ${error.message}\n`);
  return status ?? 1;
}

const [script, ...rest] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write("usage: node tools/run.mjs tools/lint.mjs lint|format|format:check|unused [ARGUMENT...]\n");
  process.exit(2);
}
if (!isInstalled()) {
  process.stderr.write("installing the linters …\n");
  const status = npm("install", "--no-audit", "--no-fund", "--loglevel=error");
  if (status !== 0) process.exit(status);
}
process.exitCode = npm("run", "--silent", script, ...(rest.length === 0 ? [] : ["--", ...rest]));
