import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

/**
 * Runs a program that the build made as one function of `require`, with the code that V8 made of it in an earlier process.
 * Node's own compile cache keeps only what is compiled before the first line runs; this one keeps all functions that a call
 * needed, which halves the time of the next. The script's name changes with its content, so a kept file always fits.
 */
export function runScript(path: string, cacheFolder: string): void {
  const cachePath = join(cacheFolder, `${basename(path)}-${process.version}-${process.arch}`);
  const kept = readKept(cachePath);
  // The build writes ASCII only, which is read faster as what it is.
  const script = new Script(readFileSync(path, "latin1"), {
    filename: path,
    ...(kept === undefined ? {} : { cachedData: kept }),
  });
  const program: unknown = script.runInThisContext();
  if (typeof program !== "function") throw new TypeError(`${path} is no program of drover: build it again`);
  if (kept === undefined || script.cachedDataRejected === true) {
    process.once("exit", (code) => {
      // A call that failed has not compiled what the next one needs.
      if (code === 0) keep(cachePath, script.createCachedData());
    });
  }
  program(process.getBuiltinModule);
}

/** V8 ends the process over code that was damaged on a disk: it is there twice, which is the fastest way to know. */
function readKept(path: string): Buffer | undefined {
  try {
    const twice = readFileSync(path);
    const code = twice.subarray(0, twice.length / 2);
    return code.equals(twice.subarray(code.length)) ? code : undefined;
  } catch {
    // The first call, or a folder that is not ours to read: V8 compiles.
    return undefined;
  }
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
