import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

/**
 * Runs a program that the build made as one function of `require`, with the code that V8 made of it in an earlier process.
 * Node's own compile cache keeps only what is compiled before the first line runs; this one keeps all functions that a call
 * needed, which halves the time of the next. The script's name changes with its content, so a kept file always fits.
 * The program is also given a function that returns what another such script beside it gives, packages that few calls need,
 * and one that has V8 optimize later.
 */
export function runScript(path: string, cacheFolder: string): void {
  const load = (name: string): unknown => loadScript(join(dirname(path), name), cacheFolder)(process.getBuiltinModule);
  loadScript(path, cacheFolder)(process.getBuiltinModule, load, optimizeLate);
}

/** Five to fifteen times the counts of calls after which V8 optimizes a function; more took longer from start to end. */
const lateFlags = [
  "--invocation-count-for-maglev=2000",
  "--invocation-count-for-turbofan=50000",
  "--invocation-count-for-osr=5000",
];
let isLate = false;
let keepsCode = false;

/**
 * A call ends before what V8 optimizes pays for itself: a fifth of the CPU time of a large chart went into that. Functions
 * of a render that takes long still are. Code is kept for the flags that hold when the process ends: a call that is to keep
 * what was read before goes without.
 */
function optimizeLate(): void {
  // Flags are V8's own: another version may not know them.
  if (keepsCode || !process.version.startsWith("v24.")) return;
  isLate = true;
  for (const flag of lateFlags) setFlagsFromString(flag);
}

type Program = (...given: unknown[]) => unknown;

/** Returns the function that the script at `path` is; the code that it comes to is kept when the process ends. */
function loadScript(path: string, cacheFolder: string): Program {
  const name = keptName(path);
  const cachePath = join(cacheFolder, name);
  // What a call has kept, else what the build has.
  const kept = readKept(cachePath) ?? readKept(join(dirname(path), name));
  // The build writes ASCII only, which is read faster as what it is.
  const script = new Script(readFileSync(path, "latin1"), {
    filename: path,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  const program: unknown = script.runInThisContext();
  if (!isProgram(program)) throw new TypeError(`${path} is no program of drover: build it again`);
  if (kept === undefined || script.cachedDataRejected === true) {
    keepsCode = true;
    process.once("exit", (code) => {
      // A call that failed has not compiled what the next one needs.
      if (code === 0) keep(cachePath, script.createCachedData());
    });
  }
  return program;
}

function isProgram(value: unknown): value is Program {
  return typeof value === "function";
}

/** Code fits one version of V8, its flags, and one kind of processor. */
function keptName(path: string): string {
  return `${basename(path)}-${process.version}-${process.arch}${isLate ? "-late" : ""}`;
}

const chunkBytes = 128 * 1024;

/** V8 ends the process over code that was damaged on a disk: it is there twice, which is the fastest way to know. */
function readKept(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      return size % 2 === 0 ? readTwice(file, size / 2) : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    // A folder that is not ours to read: V8 compiles.
    return undefined;
  }
}

/** Compares by parts, since the memory for a second copy would take longer than reading it. */
function readTwice(file: number, bytes: number): Buffer | undefined {
  const code = Buffer.allocUnsafeSlow(bytes);
  if (bytes === 0 || readSync(file, code) !== bytes) return undefined;
  const chunk = Buffer.allocUnsafeSlow(Math.min(chunkBytes, bytes));
  for (let at = 0; at < bytes; at += chunk.length) {
    const length = Math.min(chunk.length, bytes - at);
    if (readSync(file, chunk, 0, length, bytes + at) !== length) return undefined;
    if (code.compare(chunk, 0, length, at, at + length) !== 0) return undefined;
  }
  return code;
}

/** Under a name of its own first, so that no other process reads half of it. */
function keep(path: string, code: Buffer): void {
  const written = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(written, Buffer.concat([code, code]), { mode: 0o600 });
    renameSync(written, path);
  } catch {
    // A folder that cannot be written, as in a container: the next call compiles again, nothing else is lost.
  }
}
