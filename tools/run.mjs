// Plain JavaScript for whatever Node (20 or newer) the machine has: installs the locked packages when they are missing or
// stale, Node 24 among them, then runs a script or a package's command with that Node.
//   node tools/run.mjs cli/main.ts status        a script of ours
//   node tools/run.mjs vitest run                a command of node_modules/.bin
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binDir = join(root, "node_modules", ".bin");
const node = join(binDir, "node");

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** @param {string} path @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
function lockedPackages(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/** Tells whether every package of the lock file is installed in its version; optional ones may be absent, not different. */
function isInstalled() {
  const installedLock = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock) || !existsSync(node)) return false;
  const installed = lockedPackages(installedLock);
  return Object.entries(lockedPackages(join(root, "package-lock.json"))).every(([path, wanted]) => {
    if (path === "") return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version;
  });
}

function install() {
  process.stderr.write("installing the packages of package-lock.json …\n");
  // npm's own script runner says where npm is; by hand it is on PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const args = [...first, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) fail(`cannot run npm: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  if (!existsSync(node)) {
    fail("npm did not install Node 24: allow the install script of the package `node`, or install Node 24 yourself");
  }
}

function run() {
  const [what, ...rest] = process.argv.slice(2);
  if (what === undefined) fail("usage: node tools/run.mjs SCRIPT|COMMAND [ARGUMENT...]");
  const isScript = /\.(ts|mjs|js)$/u.test(what);
  const [command, args] = isScript ? [node, [resolve(root, what), ...rest]] : [join(binDir, what), rest];
  if (isScript && !existsSync(resolve(root, what))) fail(`there is no ${what}`);
  const child = spawn(command, args, {
    stdio: "inherit",
    env: { ...process.env, PATH: `${binDir}${delimiter}${process.env.PATH ?? ""}` },
  });
  child.on("error", (error) => fail(`cannot run ${what}: ${error.message}`));
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the child as well; a second one would cut its orderly end short.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
  });
}

if (!isInstalled()) install();
run();
