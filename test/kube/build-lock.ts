import { mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const heartbeatMs = 5000;
const staleAfterMs = 60_000;

/**
 * Runs `work` while holding the lock file, waiting for as long as another process keeps it alive. A holder touches the
 * file every few seconds, so that the lock of one that was killed is taken over after a minute.
 */
export async function withBuildLock<T>(lockPath: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockPath), { recursive: true });
  let announced = false;
  while (!(await takeLock(lockPath))) {
    if (!announced) process.stderr.write(`waiting for another build that holds ${lockPath}\n`);
    announced = true;
    await delay(500);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(lockPath, now, now).catch((error: unknown) => {
      process.stderr.write(`cannot refresh ${lockPath}: ${String(error)}\n`);
    });
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lockPath, { force: true });
  }
}

async function takeLock(lockPath: string): Promise<boolean> {
  try {
    const file = await open(lockPath, "wx");
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  await removeStaleLock(lockPath);
  return false;
}

/** Should two processes take over one stale lock at the same moment, both build: harmless, results are renamed into place. */
async function removeStaleLock(lockPath: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(lockPath);
    if (Date.now() - mtimeMs < staleAfterMs) return;
    const aside = `${lockPath}.stale-${process.pid}`;
    await rename(lockPath, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
