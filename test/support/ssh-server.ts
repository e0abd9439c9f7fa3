import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe } from "vitest";
import { freePort } from "../kube/free-port.ts";
import { partIsThere } from "./missing-parts.ts";

const run = promisify(execFile);
const program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].find((path) => existsSync(path));

const isThere = partIsThere("sshd", program === undefined ? "install openssh-server" : undefined);

/** `describe` for tests that need OpenSSH's server. */
export const describeWithSshd = isThere ? describe : describe.skip;

/** A real sshd on a free port that lets the key of `privateKey` in, as the user that runs the tests. */
export interface SshServer extends AsyncDisposable {
  readonly privateKey: string;
  /** The server's own key, as a line of known_hosts. */
  readonly knownHosts: string;
  /** Returns the address of a repository's folder. */
  url(path: string): string;
}

/** Starts sshd with keys of its own in a folder. */
export async function startSshServer(dir: string): Promise<SshServer> {
  if (program === undefined) throw new Error("sshd is not installed");
  await mkdir(dir, { recursive: true });
  const [hostKey, userKey] = [join(dir, "host"), join(dir, "user")];
  for (const key of [hostKey, userKey]) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  const port = await freePort();
  const { username, uid } = userInfo();
  // sshd gives up its rights in this folder when it is started by root.
  if (uid === 0) await mkdir("/run/sshd", { recursive: true });
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}.pub`,
    `PidFile ${join(dir, "pid")}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
  ];
  await writeFile(join(dir, "sshd_config"), `${settings.join("\n")}\n`);
  const child = spawn(program, ["-D", "-e", "-f", join(dir, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString("utf8");
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  const deadline = performance.now() + 10_000;
  while (!(await isListening(port))) {
    if (child.exitCode === null && performance.now() < deadline) continue;
    await stop();
    throw new Error(`sshd does not listen: ${log}`);
  }
  const [type, key] = (await readFile(`${hostKey}.pub`, "utf8")).split(" ");
  return {
    privateKey: await readFile(userKey, "utf8"),
    knownHosts: `[127.0.0.1]:${port} ${type ?? ""} ${key ?? ""}\n`,
    url: (path) => `ssh://${username}@127.0.0.1:${port}${path}`,
    [Symbol.asyncDispose]: stop,
  };
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(resolve, 20, false));
  });
}
