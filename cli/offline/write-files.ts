import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { AppError } from "../../shared/errors.ts";

/** Writes a file, making its folder as needed. Throws OUTPUT_NOT_WRITTEN. */
export function writeTextFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError("OUTPUT_NOT_WRITTEN", `${path} cannot be written: ${reason}`, {
      verdict: "stalled",
      position: { file: path },
      cause,
    });
  }
}

/** Writes files below a folder, one after the other. Throws OUTPUT_NOT_WRITTEN, also for names that lead out of the folder. */
export function writeFiles(folder: string, files: Iterable<readonly [name: string, text: string]>): void {
  for (const [name, text] of files) {
    const path = resolve(folder, name);
    const inside = relative(folder, path);
    if (inside.startsWith("..") || isAbsolute(inside))
      throw new AppError("OUTPUT_NOT_WRITTEN", `${name} leads out of ${folder}: look at the names of clusters`, {
        verdict: "stalled",
      });
    writeTextFile(path, text);
  }
}
