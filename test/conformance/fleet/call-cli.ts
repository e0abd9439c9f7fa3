import { execFile } from "node:child_process";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";

/** One call of the command line. */
export interface CliCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** PATH of the call. */
  readonly path: string;
}

/** A program with its first words, such as `node dist/drover.cjs` or `drover`; unset: the calls run in this process. */
const program = process.env["DROVER_FLEET_CLI"] ?? "";

/** Returns what a call of `drover` printed on standard output and how it ended. */
export async function callCli({ args, cwd, path }: CliCall): Promise<{ readonly code: number; readonly output: string }> {
  if (program === "") {
    const { context, output } = createTestContext({ cwd, env: { PATH: path } });
    return { code: await runCli(args, context), output: output() };
  }
  const [file = "", ...words] = program.split(" ");
  const env = { PATH: path === "" ? process.env["PATH"] : path, HOME: cwd };
  return new Promise((resolve, reject) => {
    execFile(file, [...words, ...args], { cwd, env, maxBuffer: 2 ** 28 }, (error, stdout) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number") resolve({ code, output: stdout });
      else reject(error ?? new Error(`${file} has no exit code`));
    });
  });
}
