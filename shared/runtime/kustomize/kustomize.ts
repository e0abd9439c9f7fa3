import { accessSync, constants } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { createHash, randomUUID } from "node:crypto";

import type { Content } from "../../api/content.ts";
import { AppError } from "../../errors.ts";
import { runCommand } from "../run-command.ts";
import { checkKustomizeReferences } from "./kustomize-references.ts";

/** Bounds of one run of kustomize. */
export interface KustomizeLimits {
  readonly timeoutMs: number;
  readonly outputBytes: number;
  /** Address space of the process; Go programs reserve far more than they use. */
  readonly memoryBytes: number;
  readonly concurrency: number;
}

export const defaultKustomizeLimits: KustomizeLimits = {
  timeoutMs: 20_000,
  outputBytes: 16 * 1024 * 1024,
  memoryBytes: 4 * 1024 * 1024 * 1024,
  concurrency: 2,
};

const maxCached = 2000;

export interface KustomizeOptions {
  /** Program to use, `kustomize` or `kubectl`; default: the first of them in `path`. */
  readonly binary?: string;
  /** PATH that is searched. */
  readonly path: string;
  /** Folder for short-lived files and, below `kustomize-cache`, for results. */
  readonly dir: string;
  readonly limits?: KustomizeLimits;
  /** Where the program is to be installed, for the message when there is none. */
  readonly where?: string;
}

/** One kustomization of one content. */
export interface KustomizeCall {
  readonly content: Content;
  /** Results are kept on disk under it; without one, where secrets may be in it, they are not. */
  readonly contentId?: string;
  /** Directory of its kustomization.yaml, "" for the bundle's own. */
  readonly dir: string;
  readonly signal?: AbortSignal;
}

/** Renders kustomizations, each input once. */
export interface KustomizeRenderer {
  /** Names the program: another one may print something else. */
  readonly version: string;
  /** Returns the objects as YAML. Throws `KUSTOMIZE_…`. */
  render(call: KustomizeCall): Promise<string>;
}

/** Returns a renderer that runs kustomize in a folder with nothing but the bundle's files, without network, bounded. */
export function createKustomizeRenderer(options: KustomizeOptions): KustomizeRenderer {
  const limits = options.limits ?? defaultKustomizeLimits;
  const binary = options.binary ?? findProgram(options.path, ["kustomize", "kubectl"]);
  const cacheDir = join(options.dir, "kustomize-cache");
  const waiting: (() => void)[] = [];
  let running = 0;

  async function render(call: KustomizeCall): Promise<string> {
    checkKustomizeReferences(call.content, call.dir);
    if (binary === undefined) throw binaryMissing(options.where ?? defaultPlace);
    if (call.contentId === undefined) return run(binary, call);
    const key = createHash("sha256")
      .update(JSON.stringify([call.contentId, call.dir, binary]))
      .digest("hex");
    const cached = join(cacheDir, `${key}.yaml`);
    const known = await readFile(cached, "utf8").catch(() => undefined);
    if (known !== undefined) return known;
    const objects = await run(binary, call);
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    const fresh = `${cached}.${randomUUID()}`;
    await writeFile(fresh, objects, { mode: 0o600 });
    await rename(fresh, cached);
    await pruneCache(cacheDir);
    return objects;
  }

  async function run(program: string, call: KustomizeCall): Promise<string> {
    while (running >= limits.concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await runKustomize(program, call, { dir: options.dir, limits });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  return { version: binary ?? "none", render };
}

async function runKustomize(
  binary: string,
  call: KustomizeCall,
  how: { readonly dir: string; readonly limits: KustomizeLimits },
): Promise<string> {
  const { limits } = how;
  await mkdir(how.dir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(how.dir, "kustomize-"));
  try {
    const files = join(folder, "files");
    await writeFiles(files, call.content);
    const command = isKubectl(binary) ? ["kustomize"] : ["build"];
    const result = await runCommand({
      file: "/bin/sh",
      args: [
        "-c",
        shellLimits(limits),
        "sh",
        binary,
        ...command,
        join(files, call.dir),
        "--load-restrictor",
        "LoadRestrictionsRootOnly",
      ],
      env: sealedEnvironment(folder),
      cwd: files,
      timeoutMs: limits.timeoutMs,
      maxOutputBytes: limits.outputBytes,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (result.limit !== undefined) throw failed(call.dir, result.limit);
    if (result.status !== 0) throw failed(call.dir, tidy(result.stderr, files));
    return result.stdout.toString("utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each commit that changes a kustomization leaves a file here: the oldest go. */
async function pruneCache(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => name.endsWith(".yaml"));
  if (names.length <= maxCached) return;
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(cacheDir, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  for (const { name } of aged.toSorted((left, right) => left.at - right.at).slice(0, maxCached / 4)) {
    await rm(join(cacheDir, name), { force: true });
  }
}

async function writeFiles(folder: string, content: Content): Promise<void> {
  const dirs = new Set([folder]);
  for (const resource of content.resources) dirs.add(dirname(join(folder, resource.name)));
  for (const dir of dirs) await mkdir(dir, { recursive: true });
  for (const resource of content.resources) {
    const encoding = resource.encoding ?? "utf8";
    await writeFile(join(folder, resource.name), Buffer.from(resource.content, encoding));
  }
}

/** No proxy that answers, no git, no home: whatever the check let through reaches nobody. */
function sealedEnvironment(folder: string): Record<string, string> {
  const nowhere = "http://127.0.0.1:9";
  return {
    PATH: "",
    HOME: folder,
    TMPDIR: folder,
    LC_ALL: "C",
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    http_proxy: nowhere,
    https_proxy: nowhere,
    GOMEMLIMIT: "512MiB",
    GOMAXPROCS: "2",
  };
}

function shellLimits(limits: KustomizeLimits): string {
  const kilobytes = Math.floor(limits.memoryBytes / 1024);
  const seconds = Math.ceil(limits.timeoutMs / 1000) * 2;
  return `ulimit -t ${seconds}; ulimit -v ${kilobytes}; ulimit -c 0; exec "$@"`;
}

function findProgram(path: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    for (const folder of path.split(delimiter).filter((part) => part !== "")) {
      const file = join(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isKubectl(binary: string): boolean {
  return /(?:^|[/\\])kubectl[^/\\]*$/u.test(binary);
}

/** kustomize's own words, with paths as they are in the bundle. */
function tidy(stderr: string, files: string): string {
  const text = stderr.replaceAll(`${files}/`, "").replaceAll(files, ".").trim();
  return text.replace(/[^\x20-\x7e\n\u00a0-\uffff]/gu, "?").slice(-1500);
}

function failed(dir: string, problem: string): AppError {
  const file = dir === "" ? "kustomization.yaml" : `${dir}/kustomization.yaml`;
  return new AppError("KUSTOMIZE_FAILED", `${file}: ${problem}`, { verdict: "stalled", position: { file } });
}

const defaultPlace = "on the bundler's machine or image, or name it in the bundler's settings";

function binaryMissing(where: string): AppError {
  const message = `a kustomization cannot be rendered: install kustomize 5 or kubectl ${where}`;
  return new AppError("KUSTOMIZE_BINARY_MISSING", message);
}
