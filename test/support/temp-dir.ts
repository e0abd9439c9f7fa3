import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A temporary folder that goes away with its scope. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Creates an empty folder `drover-<name>-…` below the system's folder for temporary files. */
export async function createTempDir(name: string): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `drover-${name}-`));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
