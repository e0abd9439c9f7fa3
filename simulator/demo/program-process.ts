import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const startTimeoutMs = 30_000;
const endTimeoutMs = 10_000;

/** One of Drover's programs as a process. */
export interface ProgramProcess extends AsyncDisposable {
  readonly pid: number | undefined;
  /** Returns a field of the log line that says it is ready. */
  readyField(name: string): string;
}

/** How a program is started. */
export interface ProgramStart {
  /** File below the project's folder. */
  readonly file: string;
  readonly args: readonly string[];
  /** Message of the log line that says it is ready. */
  readonly ready: string;
  readonly logFile: string;
}

/** Starts a program and waits until it is ready; its log goes to a file. It ends with its scope, or with this process. */
export async function startProgram({ file, args, ready, logFile }: ProgramStart): Promise<ProgramProcess> {
  const child = spawn(process.execPath, [join(root, file), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(logFile, { flags: "a", mode: 0o600 });
  let text = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const take = (chunk: Buffer): void => {
    log.write(chunk);
    if (text === "done") return;
    text += chunk.toString("utf8");
    const line = text
      .split("\n")
      .find((candidate) => candidate.includes(`"msg":"${ready}"`) && candidate.endsWith("}"));
    if (line === undefined) return;
    text = "done";
    resolve(line);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<void>((done) => {
    child.once("exit", () => {
      log.end();
      done();
    });
  });
  child.once("exit", (code) =>
    reject(new Error(`${file} ended with ${code}; its log is ${logFile}\n${text.slice(-1500)}`)),
  );
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const timer = setTimeout(
    () => reject(new Error(`${file} was not ready within ${startTimeoutMs} ms; its log is ${logFile}`)),
    startTimeoutMs,
  );
  const end = async (): Promise<void> => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), endTimeoutMs);
    await ended;
    clearTimeout(late);
    process.off("exit", killWithUs);
  };
  try {
    const line: unknown = JSON.parse(await promise);
    return {
      pid: child.pid,
      readyField: (name) => {
        const value: unknown =
          typeof line === "object" && line !== null ? (line as Record<string, unknown>)[name] : undefined;
        return typeof value === "string" ? value : "";
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
