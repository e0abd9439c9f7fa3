import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/** Returns an environment without anything of ours for a worker; where this process keeps what V8 compiles, it does too. */
export function workerEnv(): Record<string, string> {
  const kept = getCompileCacheDir();
  return kept === undefined ? {} : { NODE_COMPILE_CACHE: dirname(kept) };
}
