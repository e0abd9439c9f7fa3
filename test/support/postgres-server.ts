import { execFile } from "node:child_process";
import { access, chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { freePort } from "../kube/free-port.ts";
import { startProgram, waitUntilReady } from "../kube/start-program.ts";
import { startWatchdog } from "../kube/watchdog.ts";

/** A PostgreSQL server that belongs to this process. */
export interface PostgresServer extends AsyncDisposable {
  /** URL of the database `postgres` for a user who may create databases. */
  readonly adminUrl: string;
}

const run = promisify(execFile);

/** Returns the folder that holds these programs – on PATH or where Debian puts them, newest first – or undefined. */
export async function findPostgresBinDir(
  programs: readonly string[] = ["initdb", "postgres"],
): Promise<string | undefined> {
  const candidates = (process.env["PATH"] ?? "").split(delimiter).filter((dir) => dir !== "");
  const debian = "/usr/lib/postgresql";
  const versions = await readdir(debian).catch(() => []);
  versions.sort((a, b) => Number(b) - Number(a));
  for (const dir of [...candidates, ...versions.map((version) => join(debian, version, "bin"))]) {
    const there = await Promise.all(programs.map(async (program) => exists(join(dir, program))));
    if (there.every(Boolean)) return dir;
  }
  return undefined;
}

/** Starts a server on a temporary folder and a free port of 127.0.0.1; it forgets everything when it ends, so nothing is synced. */
export async function startPostgresServer(binDir: string): Promise<PostgresServer> {
  const dir = await mkdtemp(join(tmpdir(), "drover-postgres-"));
  const watchdog = startWatchdog(dir);
  const cleanUp = async (): Promise<void> => {
    await watchdog.release();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const user = await serverUser();
    if (user !== undefined) await chown(dir, user.uid, user.gid);
    const dataDir = join(dir, "data");
    const initArgs = ["-D", dataDir, "--username=drover", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
    await run(join(binDir, "initdb"), initArgs, { cwd: dir, ...user });
    const port = await freePort();
    const settings = [
      "listen_addresses=127.0.0.1",
      `port=${port}`,
      "unix_socket_directories=",
      "max_connections=200",
      "fsync=off",
      "synchronous_commit=off",
      "full_page_writes=off",
    ];
    const program = await startProgram({
      name: "postgres",
      path: join(binDir, "postgres"),
      args: ["-D", dataDir, ...settings.flatMap((setting) => ["-c", setting])],
      logPath: join(dir, "postgres.log"),
      cwd: dir,
      watchdog,
      // "Immediate shutdown": the gentler signals wait for clients.
      stopSignal: "SIGQUIT",
      ...(user === undefined ? {} : { user }),
    });
    const adminUrl = `postgres://drover@127.0.0.1:${port}/postgres`;
    await waitUntilReady(program, () => answers(adminUrl), 30_000);
    return {
      adminUrl,
      [Symbol.asyncDispose]: async () => {
        await program.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** PostgreSQL refuses to run as root: then it runs as its own user, or as nobody. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"]) {
    const [, , uid, gid] = lines.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  // A server that is still starting closes connections late; the answer below tells enough.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
