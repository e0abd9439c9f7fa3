import type { CommandContext } from "../../cli/command.ts";
import { connectHub } from "../../cli/hub-client.ts";

/** A context that keeps what a command prints. */
export interface TestContext {
  readonly context: CommandContext;
  /** Standard output so far. */
  output(): string;
  /** Standard error so far. */
  errors(): string;
}

/** Returns a context with the real hub client, a folder and an environment of its own, and a clock that a test may set. */
export function createTestContext(options: {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nowMs?: () => number;
}): TestContext {
  let output = "";
  let errors = "";
  const { cwd, env = {}, nowMs = Date.now } = options;
  return {
    context: {
      env,
      cwd,
      nowMs,
      print: (text) => {
        output += `${text}\n`;
      },
      printError: (text) => {
        errors += `${text}\n`;
      },
      hub: async (input) => connectHub(input, { env, cwd }),
    },
    output: () => output,
    errors: () => errors,
  };
}
