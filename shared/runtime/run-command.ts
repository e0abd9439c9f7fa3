import { spawn } from "node:child_process";

/** One run of a program with bounds. */
export interface CommandCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly input?: Buffer;
  readonly signal?: AbortSignal;
  /** Asked several times a second; a returned reason ends the run. */
  readonly watch?: () => string | undefined;
}

/** How a run ended. `limit` is the bound that ended it. */
export interface CommandResult {
  readonly status: number | undefined;
  readonly stdout: Buffer;
  /** Its last 16 KB. */
  readonly stderr: string;
  readonly limit: string | undefined;
}

const watchIntervalMs = 100;
const stderrBytes = 16_384;

/**
 * Returns how a program ended; it and what it started are killed when a bound is passed or the signal is given (then
 * the signal's reason is thrown). Throws what starting it throws (`ENOENT`).
 */
export async function runCommand(call: CommandCall): Promise<CommandResult> {
  call.signal?.throwIfAborted();
  const child = spawn(call.file, call.args, { cwd: call.cwd, env: call.env, stdio: "pipe", detached: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let stderr = "";
  let limit: string | undefined;
  let started = false;

  function kill(reason?: string): void {
    limit ??= reason;
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
  }

  const timer = setTimeout(() => kill(`it took more than ${call.timeoutMs} ms`), call.timeoutMs);
  const watching = setInterval(() => {
    const reason = call.watch?.();
    if (reason !== undefined) kill(reason);
  }, watchIntervalMs);
  const onAbort = (): void => kill("it was cancelled");
  call.signal?.addEventListener("abort", onAbort, { once: true });
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > call.maxOutputBytes) kill(`it printed more than ${call.maxOutputBytes} bytes`);
    else chunks.push(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString("utf8")).slice(-stderrBytes);
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(call.input);
  try {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      child.once("spawn", () => (started = true));
      child.once("error", (error) => (started ? undefined : reject(error)));
      child.once("close", (code) => resolve(code ?? undefined));
    });
    call.signal?.throwIfAborted();
    return { status, stdout: Buffer.concat(chunks), stderr, limit };
  } finally {
    clearTimeout(timer);
    clearInterval(watching);
    call.signal?.removeEventListener("abort", onAbort);
  }
}
