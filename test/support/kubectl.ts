import { spawn } from "node:child_process";
import { findOrBuildBinary } from "../kube/binaries.ts";

/** How one run of kubectl ended. */
export interface KubectlResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What kubectl gets besides its arguments. */
export interface KubectlOptions {
  readonly kubeconfigPath: string;
  /** Text for `-f -`. */
  readonly stdin?: string;
  /** Additional variables, such as `KUBE_EDITOR`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Killed after this; a minute unless said. */
  readonly timeoutMs?: number;
}

/** Runs the rig's kubectl and returns how it ended, whatever the exit code; its cache stays apart from the user's. Throws where there is none. */
export async function kubectl(args: readonly string[], options: KubectlOptions): Promise<KubectlResult> {
  const path = await findOrBuildBinary("kubectl");
  if (path === undefined) throw new Error("there is no kubectl of the rig's version");
  const child = spawn(path, [...args], {
    env: {
      ...process.env,
      KUBECONFIG: options.kubeconfigPath,
      KUBECACHEDIR: `${options.kubeconfigPath}.cache`,
      ...options.env,
    },
    timeout: options.timeoutMs ?? 60_000,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // kubectl may end before it has read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}
